using Microsoft.Extensions.Caching.Memory;
using Provisioning.Storage;

namespace Provisioning.Access;

/// <summary>
/// From a secret to its token: memory for seconds, Redis for a minute, the database behind. A cache that is down means a
/// read of the database, never an open door and never a refusal.
/// </summary>
internal sealed class TokenDirectory(StorageConnections connections, RedisTokens redis, LastUses uses, TimeProvider time) : IDisposable
{
    /// <summary>Without Redis this is how long a revoked token may still be believed by another process.</summary>
    public static readonly TimeSpan MemoryTime = TimeSpan.FromSeconds(4);

    private const int MaxEntries = 50_000;
    private readonly MemoryCache _buried = new(new MemoryCacheOptions());
    private MemoryCache _memory = NewMemory();
    private long _generation;

    /// <summary>The token of a secret, revoked and expired ones too; null when there never was one.</summary>
    public async ValueTask<KnownToken?> FindAsync(string secret, CancellationToken cancellation)
    {
        var hash = TokenSecret.Hash(secret);
        var key = Convert.ToHexStringLower(hash);
        if (!_memory.TryGetValue(key, out KnownToken? token))
        {
            var generation = Volatile.Read(ref _generation);
            token = await LoadAsync(key, hash, cancellation);
            Remember(key, token, generation);
        }

        if (token is { Revoked: false })
        {
            uses.Note(token.Id, time.GetUtcNow());
        }

        return token;
    }

    /// <summary>Forgets a token here and everywhere: it was revoked, or what is known of it changed.</summary>
    public void Forget(byte[] hash)
    {
        var key = Convert.ToHexStringLower(hash);
        ForgetHere(key);
        redis.Bury(key);
    }

    /// <summary>Starts to hear of other processes' revocations.</summary>
    public void Listen() => redis.Listen(ForgetHere, ForgetAllHere);

    public void Dispose()
    {
        _memory.Dispose();
        _buried.Dispose();
    }

    private async Task<KnownToken?> LoadAsync(string key, byte[] hash, CancellationToken cancellation)
    {
        if (!_buried.TryGetValue(key, out _) && await redis.FindAsync(key) is { } shared)
        {
            return shared;
        }

        KnownToken? token = null;
        await connections.RunAsync([Statement.One(
            """
            SELECT t.id, t.company_id, t.name, t.scopes, t.connection_id, c.name, c.strict, t.expire_time, t.revoke_time
            FROM api_tokens t LEFT JOIN connections c ON c.company_id = t.company_id AND c.id = t.connection_id WHERE t.secret_hash = $1
            """,
            row => token = new(row.GetString(0), row.TextOrNull(1), row.GetString(2), row.GetString(3), row.TextOrNull(4) ?? "",
                row.TextOrNull(5) ?? "", !row.IsDBNull(6) && row.GetBoolean(6), row.TimeOrNull(7), !row.IsDBNull(8)), hash)], cancellation);
        if (token is not null)
        {
            redis.Offer(key, token);
        }

        return token;
    }

    /// <summary>Keeps what was read, unless something was forgotten while it was being read.</summary>
    private void Remember(string key, KnownToken? token, long generation)
    {
        var memory = _memory;
        memory.Set(key, token, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = MemoryTime });
        if (Volatile.Read(ref _generation) != generation)
        {
            memory.Remove(key);
        }
    }

    /// <summary>Forgets a token, and asks the database alone until no older entry can be left in Redis.</summary>
    private void ForgetHere(string key)
    {
        _buried.Set(key, true, RedisTokens.EntryTime);
        Interlocked.Increment(ref _generation);
        _memory.Remove(key);
    }

    private void ForgetAllHere()
    {
        Interlocked.Increment(ref _generation);
        Interlocked.Exchange(ref _memory, NewMemory());
    }

    private static MemoryCache NewMemory() => new(new MemoryCacheOptions { SizeLimit = MaxEntries });
}
