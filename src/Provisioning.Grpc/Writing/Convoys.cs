using System.Collections.Concurrent;

namespace Provisioning.Writing;

/// <summary>The convoys of the companies that have written since the start.</summary>
internal sealed class Convoys(CoreSettings settings, TimeProvider time)
{
    private const int LanesOnPostgres = 2;

    private readonly ConcurrentDictionary<string, Convoy> _byCompany = new(StringComparer.Ordinal);

    public Convoy Of(string company) =>
        _byCompany.GetOrAdd(company, _ => new(settings.Provider == StorageProvider.Postgres ? LanesOnPostgres : 1, time));
}
