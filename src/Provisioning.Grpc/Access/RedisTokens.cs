using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Provisioning.Storage;
using StackExchange.Redis;

namespace Provisioning.Access;

/// <summary>
/// The tier that processes share. Entries carry a MAC over value, token and expiry, so that a lying Redis can at worst
/// repeat an entry for a minute. A revoked token is buried under a tombstone that outlives every entry.
/// </summary>
internal sealed partial class RedisTokens(CoreSettings settings, RootKey root, TimeProvider time, ILogger<RedisTokens> logger)
    : BackgroundService
{
    /// <summary>How long an entry is believed.</summary>
    public static readonly TimeSpan EntryTime = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan TombstoneTime = TimeSpan.FromSeconds(180), Retry = TimeSpan.FromMilliseconds(250),
        Patience = TimeSpan.FromMilliseconds(250),
        Rest = TimeSpan.FromSeconds(1);

    private static readonly RedisChannel Revocations = RedisChannel.Literal("provisioning:tokens:forget");
    private readonly byte[] _key = root.Derive("redis entries");
    private readonly Channel<string> _burials = Channel.CreateUnbounded<string>();
    private ConnectionMultiplexer? _connection;
    private Action<string> _forget = _ => { };
    private Action _forgetAll = () => { };
    private long _restUntil;

    /// <summary>What Redis knows of a token; null whenever it does not know, does not answer or lies.</summary>
    public async ValueTask<KnownToken?> FindAsync(string key)
    {
        if (Database() is not { } database)
        {
            return null;
        }

        try
        {
            var value = await database.StringGetAsync(EntryKey(key)).WaitAsync(Patience);
            return value.HasValue ? Open(key, (byte[])value!) : null;
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException)
        {
            StepBack(failure);
            return null;
        }
    }

    /// <summary>Leaves what the database said for the others, unless a tombstone or an entry is there.</summary>
    public void Offer(string key, KnownToken token) =>
        Database()?.StringSet(EntryKey(key), Seal(key, token), EntryTime, When.NotExists, CommandFlags.FireAndForget);

    /// <summary>Puts a tombstone over a token's entry and tells every process; tried until it is there.</summary>
    public void Bury(string key)
    {
        if (settings.Redis.Length > 0)
        {
            _burials.Writer.TryWrite(key);
        }
    }

    /// <summary>Says what to do when another process forgets a token, and when messages may have been lost.</summary>
    public void Listen(Action<string> forget, Action forgetAll) => (_forget, _forgetAll) = (forget, forgetAll);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.Redis.Length == 0)
        {
            return;
        }

        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                _connection ??= await ConnectAsync(stoppingToken);
                await foreach (var key in _burials.Reader.ReadAllAsync(stoppingToken))
                {
                    await BuryAsync(_connection, key, stoppingToken);
                }
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it is, the cache is not worth the process.
                NotReached(failure.Message);
                await Task.Delay(Rest, time, stoppingToken);
            }
        }
    }

    private async Task<ConnectionMultiplexer> ConnectAsync(CancellationToken stopping)
    {
        var options = ConfigurationOptions.Parse(settings.Redis);
        options.AbortOnConnectFail = false;
        options.ClientName = "teammate-provisioning";
        var connection = await ConnectionMultiplexer.ConnectAsync(options).WaitAsync(stopping);
        connection.ConnectionFailed += (_, _) => _forgetAll();
        connection.ConnectionRestored += (_, _) => _forgetAll();
        while (true)
        {
            try
            {
                await connection.GetSubscriber().SubscribeAsync(Revocations, (_, key) => _forget(key.ToString()));
                _forgetAll();
                return connection;
            }
            catch (Exception failure) when (!stopping.IsCancellationRequested)
            {
                NotReached(failure.Message);
                await Task.Delay(Rest, time, stopping);
            }
        }
    }

    private async Task BuryAsync(ConnectionMultiplexer connection, string key, CancellationToken stopping)
    {
        for (var until = time.GetUtcNow() + TombstoneTime; time.GetUtcNow() < until;)
        {
            try
            {
                var database = connection.GetDatabase();
                await database.StringSetAsync(EntryKey(key), "forgotten", TombstoneTime);
                await database.PublishAsync(Revocations, key);
                return;
            }
            catch (Exception failure) when (!stopping.IsCancellationRequested)
            {
                NotReached(failure.Message);
                await Task.Delay(Retry, time, stopping);
            }
        }
    }

    private IDatabase? Database() =>
        _connection is { IsConnected: true } connection && Environment.TickCount64 >= Volatile.Read(ref _restUntil)
            ? connection.GetDatabase()
            : null;

    /// <summary>A Redis that failed is left alone for a moment, so that it slows one call and not every one.</summary>
    private void StepBack(Exception failure)
    {
        Volatile.Write(ref _restUntil, Environment.TickCount64 + (long)Rest.TotalMilliseconds);
        NotReached(failure.Message);
    }

    private static RedisKey EntryKey(string key) => "provisioning:token:v1:" + key;

    private byte[] Seal(string key, KnownToken token)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new Entry(time.GetUtcNow() + EntryTime, token));
        return [.. Mac(key, body), .. body];
    }

    private KnownToken? Open(string key, byte[] value)
    {
        if (value.Length <= HMACSHA256.HashSizeInBytes
            || !CryptographicOperations.FixedTimeEquals(
                value.AsSpan(0, HMACSHA256.HashSizeInBytes), Mac(key, value.AsSpan(HMACSHA256.HashSizeInBytes))))
        {
            return null;
        }

        var entry = JsonSerializer.Deserialize<Entry>(value.AsSpan(HMACSHA256.HashSizeInBytes))!;
        return entry.Until > time.GetUtcNow() ? entry.Token : null;
    }

    private byte[] Mac(string key, ReadOnlySpan<byte> body) =>
        HMACSHA256.HashData(_key, (byte[])[.. Encoding.ASCII.GetBytes(key), .. body]);

    [LoggerMessage(1, LogLevel.Warning, "Redis does not answer; tokens are read from the database meanwhile: {Why}")]
    private partial void NotReached(string why);

    private sealed record Entry(DateTimeOffset Until, KnownToken Token);
}
