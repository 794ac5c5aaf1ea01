using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace Provisioning.Storage;

/// <summary>
/// Makes the Data Protection ring's keys ahead of their time. The ring does not make them itself, as it would in the
/// middle of a write: SQLite has one writer, and would wait for itself.
/// </summary>
internal sealed class RingKeys(IKeyManager keys, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(90), Ahead = TimeSpan.FromDays(3);

    /// <summary>Whether the ring has a key at all, which is asked at every start; upkeep renews them.</summary>
    public static async Task<bool> HaveBegunAsync(StorageConnections connections, CancellationToken cancellation)
    {
        var found = false;
        await connections.RunAsync([Statement.One("SELECT 1 FROM data_protection_keys LIMIT 1", _ => found = true)], cancellation);
        return found;
    }

    /// <summary>Sees to it that there is a key now and, early enough for every process to hear of it, the next one.</summary>
    public void Ensure()
    {
        var now = time.GetUtcNow();
        var present = keys.GetAllKeys().Where(key => !key.IsRevoked && key.ExpirationDate > now).ToList();
        if (present.Count == 0)
        {
            keys.CreateNewKey(now, now + Lifetime);
        }
        else if (present.Max(key => key.ExpirationDate) is var last && last < now + Ahead)
        {
            keys.CreateNewKey(last, last + Lifetime);
        }
    }
}
