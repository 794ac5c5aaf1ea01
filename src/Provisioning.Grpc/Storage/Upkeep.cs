using Microsoft.EntityFrameworkCore;
using Provisioning.Changes;
using Provisioning.Lists;
using Provisioning.Sessions;

namespace Provisioning.Storage;

/// <summary>Sweeps what is past its retention and folds counts, now and then, in small steps.</summary>
internal sealed partial class Upkeep(IServiceScopeFactory scopes, CoreSettings settings, TimeProvider time, WriteTurns turns, RingKeys ring, ILogger<Upkeep> logger)
    : BackgroundService
{
    private const int FoldFrom = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        do
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception failure) when (StorageErrors.IsUnavailable(failure) || failure is DbUpdateException)
            {
                PutOff(failure);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task RunAsync(CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ProvisioningDb>();
        var now = Clock.Now(time);
        using (await turns.TakeAsync(cancellation))
        {
            ring.Ensure();
            var repliesBefore = now - IdempotentReplies.KeepTime;
            await db.IdempotentReplies.Where(row => row.Time < repliesBefore).ExecuteDeleteAsync(cancellation);
            var logBefore = now.AddDays(-settings.LogDays);
            await db.LogEntries.Where(row => row.Time < logBefore).ExecuteDeleteAsync(cancellation);
            var walksBefore = now - ListWalks.Patience;
            await db.ListWalks.Where(row => row.Time < walksBefore).ExecuteDeleteAsync(cancellation);
            await db.SignInLinks.Where(row => row.ExpireTime < now).ExecuteDeleteAsync(cancellation);
            var unused = now - SessionTimes.Idle;
            await db.Sessions.Where(row => row.ExpireTime < now || row.LastUseTime < unused).ExecuteDeleteAsync(cancellation);
            await FeedRetention.SweepAsync(db, now.AddDays(-settings.ChangeDays), cancellation);
        }

        foreach (var company in await db.TeammateCounts.GroupBy(row => row.CompanyId).Where(rows => rows.Count() > FoldFrom)
            .Select(rows => rows.Key).ToListAsync(cancellation))
        {
            using var turn = await turns.TakeAsync(cancellation);
            await FoldAsync(db, company, cancellation);
        }
    }

    /// <summary>Puts a company's counts into one row. Rows deleted by somebody else meanwhile were counted by them.</summary>
    private static async Task FoldAsync(ProvisioningDb db, string company, CancellationToken cancellation)
    {
        db.ChangeTracker.Clear();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        if (db.Database.IsNpgsql())
        {
            await db.Database.ExecuteSqlRawAsync("SELECT pg_advisory_xact_lock(hashtextextended({0}, 1))", ["fold/" + company], cancellation);
        }

        var rows = await db.TeammateCounts.Where(row => row.CompanyId == company).OrderBy(row => row.Id).Take(10_000).ToListAsync(cancellation);
        var (first, rest) = (rows[0], rows[1..]);
        first.Active = rows.Sum(row => row.Active);
        first.Blocked = rows.Sum(row => row.Blocked);
        db.RemoveRange(rest);
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    [LoggerMessage(1, LogLevel.Warning, "Upkeep was put off")]
    private partial void PutOff(Exception failure);
}
