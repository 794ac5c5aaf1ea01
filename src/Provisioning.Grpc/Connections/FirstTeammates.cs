using System.Collections.Concurrent;
using Provisioning.Access;
using Provisioning.Writing;

namespace Provisioning.Connections;

/// <summary>
/// Remembers whom a connection created or linked first, which its set-up page tells. Once it is known, a write does nothing for it.
/// </summary>
internal sealed class FirstTeammates
{
    private readonly ConcurrentDictionary<(string Company, string Connection), bool> _known = new();

    /// <summary>Leaves the note to the end of a provider's write, unless the connection is known to have one.</summary>
    public void Note(Write write, string teammateId)
    {
        if (write.Caller.IsProvider && !_known.ContainsKey((write.CompanyId, write.Caller.ConnectionId)))
        {
            write.Finally(new("UPDATE connections SET first_teammate_id = $3 WHERE company_id = $1 AND id = $2 AND first_teammate_id IS "
                + "NULL",
                write.CompanyId, write.Caller.ConnectionId, teammateId));
        }
    }

    /// <summary>Remembers that a connection has one, once the write is done.</summary>
    public void Remember(Caller caller)
    {
        if (caller is { IsProvider: true, CompanyId: { } company })
        {
            _known.TryAdd((company, caller.ConnectionId), true);
        }
    }
}
