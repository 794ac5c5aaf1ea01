using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Provisioning.Jobs;
using Provisioning.Storage;

namespace Provisioning.Access;

/// <summary>
/// Writes when tokens were first and last used: a call never waits for it. The first use after a pause is written at once, so that
/// whoever sets up a provider sees its test call; a token in steady use is written some times a minute.
/// </summary>
internal sealed class LastUses(IServiceScopeFactory scopes, WriteTurns turns, TimeProvider time, ILogger<LastUses> logger)
    : BackgroundJob(Pause, time, logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1), Exactness = TimeSpan.FromSeconds(20);
    private readonly TimeProvider _time = time;
    private readonly Dictionary<string, DateTimeOffset> _written = [];
    private readonly ConcurrentDictionary<string, (DateTimeOffset First, DateTimeOffset Last)> _noted = new();

    public void Note(string tokenId, DateTimeOffset now) => _noted.AddOrUpdate(tokenId, (now, now), (_, noted) => (noted.First, now));

    protected override Task RunAsync(CancellationToken stopping) => FlushAsync(_time.GetUtcNow() - Exactness, stopping);

    protected override Task FinishAsync() => FlushAsync(DateTimeOffset.MaxValue, CancellationToken.None);

    /// <summary>Writes what was noted of tokens whose last writing is not younger than a time; the others wait for their turn.</summary>
    private async Task FlushAsync(DateTimeOffset due, CancellationToken cancellation)
    {
        foreach (var old in _written.Where(entry => entry.Value < due).Select(entry => entry.Key).ToList())
        {
            _written.Remove(old);
        }

        var ready = _noted.Where(entry => !_written.ContainsKey(entry.Key)).ToList();
        if (ready.Count == 0)
        {
            return;
        }

        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ProvisioningDb>();
        foreach (var (id, used) in ready)
        {
            using var turn = await turns.TakeAsync(cancellation);
            await db.Set<ApiToken>().Where(row => row.Id == id && (row.LastUseTime == null || row.LastUseTime < used.Last))
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.LastUseTime, used.Last)
                    .SetProperty(row => row.FirstUseTime, row => row.FirstUseTime ?? used.First), cancellation);
            _noted.TryRemove(new(id, used));
            _written[id] = _time.GetUtcNow();
        }
    }
}
