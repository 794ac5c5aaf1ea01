using System.Data;
using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Changes;
using Provisioning.Companies;
using Provisioning.Jobs;
using Provisioning.Lists;
using Provisioning.Storage;
using Provisioning.Writing;

namespace Provisioning.Hosting;

/// <summary>Sweeps what is past its retention and folds counts, now and then, in small steps.</summary>
internal sealed partial class Upkeep(IServiceScopeFactory scopes, CoreSettings settings, TimeProvider time, WriteTurns turns, RingKeys ring,
    StorageConnections connections, ILogger<Upkeep> logger)
    : BackgroundJob(Pause, time, logger)
{
    private const int FoldFrom = 100, CleanFrom = 1_000, SweepEvery = 20;

    /// <summary>Also before the first turn: the first answers after a start come first.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    private readonly TimeProvider _time = time;
    private readonly ILogger _logger = logger;

    /// <summary>How many rows folding has removed since they were last cleaned away.</summary>
    private int _gone, _turn;

    protected override async Task RunAsync(CancellationToken stopping)
    {
        if (_turn % SweepEvery == 0)
        {
            await SweepAsync(stopping);
        }

        _turn++;
        await FoldAsync(stopping);
    }

    private async Task SweepAsync(CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ProvisioningDb>();
        var now = Clock.Now(_time);
        using (await turns.TakeAsync(cancellation))
        {
            ring.Ensure();
            var repliesBefore = now - IdempotentReplies.KeepTime;
            await db.Set<IdempotentReply>().Where(row => row.Time < repliesBefore).ExecuteDeleteAsync(cancellation);
            var logBefore = now.AddDays(-settings.LogDays);
            await db.Set<LogRow>().Where(row => row.Time < logBefore).ExecuteDeleteAsync(cancellation);
            var walksBefore = now - ListWalks.Patience;
            await db.Set<ListWalk>().Where(row => row.Time < walksBefore).ExecuteDeleteAsync(cancellation);
            await db.Set<SignInLink>().Where(row => row.ExpireTime < now).ExecuteDeleteAsync(cancellation);
            var unused = now - SessionTimes.Idle;
            await db.Set<Session>().Where(row => row.ExpireTime < now || row.LastUseTime < unused).ExecuteDeleteAsync(cancellation);
            await FeedRetention.SweepAsync(db, now.AddDays(-settings.ChangeDays), cancellation);
        }
    }

    /// <summary>Folds what creates and deletes left in the companies' counts. Two processes never fold one company at once.</summary>
    private async Task FoldAsync(CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ProvisioningDb>();
        var companies = new List<string>();
        await db.Database.OpenConnectionAsync(cancellation);
        await Statements.RunAsync(db, [TeammateCounts.ToFold(FoldFrom, companies.Add)], cancellation);
        foreach (var company in companies)
        {
            try
            {
                _gone += await FoldAsync(db, company, cancellation);
            }
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
            {
                // The others' turn comes all the same.
                PutOff(company, failure);
            }
        }

        if (_gone >= CleanFrom)
        {
            _gone = 0;
            await connections.RunAsync([.. db.Dialect.Forget("teammate_counts")], cancellation);
        }
    }

    /// <returns>How many rows are gone.</returns>
    private async Task<int> FoldAsync(ProvisioningDb db, string company, CancellationToken cancellation)
    {
        using var turn = await turns.TakeAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(db.Dialect.OneState, cancellation);
        var (isOurs, gone) = (false, 0);
        await Statements.RunAsync(db, [.. db.Dialect.TryLock("fold", company, taken => isOurs = taken)], cancellation);
        if (isOurs)
        {
            gone = await TeammateCounts.FoldAsync(db, company, Clock.Now(_time), cancellation);
            await transaction.CommitAsync(cancellation);
        }

        return gone;
    }

    [LoggerMessage(2, LogLevel.Warning, "Folding the counts of {Company} was put off")]
    private partial void PutOff(string company, Exception failure);
}
