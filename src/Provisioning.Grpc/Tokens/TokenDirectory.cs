using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using Provisioning.Storage;

namespace Provisioning.Tokens;

/// <summary>
/// From a secret to its token: memory for seconds, Redis for a minute, the database behind. A cache that is down means a
/// read of the database, never an open door and never a refusal.
/// </summary>
internal sealed class TokenDirectory(IServiceScopeFactory scopes, RedisTokens redis, LastUses uses, TimeProvider time) : IDisposable
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

        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ProvisioningDb>();
        var token = await (
            from row in db.ApiTokens
            where row.SecretHash == hash
            join connection in db.Connections on new { row.CompanyId, Id = row.ConnectionId } equals new { CompanyId = (string?)connection.CompanyId, Id = (string?)connection.Id } into connections
            from connection in connections.DefaultIfEmpty()
            select new KnownToken(row.Id, row.CompanyId, row.Name, row.Scopes, row.ConnectionId ?? "",
                connection == null ? "" : connection.Name, connection != null && connection.Strict, row.ExpireTime, row.RevokeTime != null))
            .AsNoTracking().SingleOrDefaultAsync(cancellation);
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
