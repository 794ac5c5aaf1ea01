using System.Collections.Concurrent;
using Provisioning.Storage;

namespace Provisioning.Writing;

/// <summary>The convoys of the companies that have written since the start.</summary>
internal sealed class Convoys(Dialect dialect, TimeProvider time)
{
    private const int Lanes = 2;

    private readonly ConcurrentDictionary<string, Convoy> _byCompany = new(StringComparer.Ordinal);

    public Convoy Of(string company) =>
        _byCompany.GetOrAdd(company, _ => new(dialect.HasOneWriter ? 1 : Lanes, time));
}
