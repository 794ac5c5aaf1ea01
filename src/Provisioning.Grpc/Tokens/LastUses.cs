using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Provisioning.Storage;

namespace Provisioning.Tokens;

/// <summary>Writes when tokens were last used, lazily: a call never waits for it.</summary>
internal sealed partial class LastUses(IServiceScopeFactory scopes, WriteTurns turns, TimeProvider time, ILogger<LastUses> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(20);
    private ConcurrentDictionary<string, DateTimeOffset> _noted = new();

    public void Note(string tokenId, DateTimeOffset now) => _noted[tokenId] = now;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await FlushAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            await FlushAsync(CancellationToken.None);
        }
    }

    private async Task FlushAsync(CancellationToken cancellation)
    {
        var noted = Interlocked.Exchange(ref _noted, new());
        if (noted.IsEmpty)
        {
            return;
        }

        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<ProvisioningDb>();
            foreach (var (id, used) in noted)
            {
                using var turn = await turns.TakeAsync(cancellation);
                await db.ApiTokens.Where(row => row.Id == id && (row.LastUseTime == null || row.LastUseTime < used))
                    .ExecuteUpdateAsync(set => set.SetProperty(row => row.LastUseTime, used), cancellation);
            }
        }
        catch (Exception failure) when (StorageErrors.IsUnavailable(failure))
        {
            NotWritten(failure);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "When tokens were last used could not be written; newer uses will be")]
    private partial void NotWritten(Exception failure);
}
