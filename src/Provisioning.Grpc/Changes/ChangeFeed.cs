using System.Globalization;
using System.Runtime.CompilerServices;
using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Contract;
using Provisioning.Storage;
using Provisioning.V1;

namespace Provisioning.Changes;

/// <summary>
/// Reads the feed in order, each change once. On PostgreSQL a reader stays below the oldest transaction that is still
/// open, since that one may yet show changes with earlier numbers.
/// </summary>
internal sealed class ChangeFeed(
    IServiceScopeFactory scopes, StorageConnections connections, Dialect dialect, FeedEpoch epoch, SealedTokens tokens, ChangeSignal signal,
    TimeProvider time)
{
    /// <summary>How long a change made by another process may go unnoticed.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(400);

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
    private const int Batch = 500;

    /// <summary>Changes from a resume token on, or from now on, with heartbeats when it is quiet.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_RESUME_TOKEN, RESUME_TOKEN_EXPIRED; INVALID_FIELD for an unknown kind.</exception>
    public async IAsyncEnumerable<WatchChangesResponse> WatchAsync(
        Caller caller, WatchChangesRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        Check(request.Kinds);
        var kinds = request.Kinds.ToHashSet();
        var purpose = $"changes/{caller.CompanyId ?? "all"}";
        var now = await epoch.PresentAsync(cancellation);
        var (cursor, before) = request.ResumeToken.Length == 0
            ? await EndAsync(now, cancellation)
            : (await ResumeAsync(purpose, request.ResumeToken, now, cancellation), new HashSet<long>());
        yield return new() { ResumeToken = tokens.Seal(purpose, cursor.ToString()) };
        for (var quietSince = time.GetTimestamp(); ;)
        {
            var woken = signal.Next(caller.CompanyId);
            var rows = await ReadAsync(caller.CompanyId, cursor, cancellation);
            foreach (var row in rows)
            {
                cursor = cursor with { Transaction = row.TransactionId, Position = row.Position };
                if (before.Contains(row.TransactionId) || (kinds.Count > 0 && !kinds.Contains(row.Kind)))
                {
                    continue;
                }

                quietSince = time.GetTimestamp();
                var token = tokens.Seal(purpose, cursor.ToString());
                yield return new() { Change = ToMessage(row, token), ResumeToken = token };
            }

            if (time.GetElapsedTime(quietSince) >= Heartbeat)
            {
                quietSince = time.GetTimestamp();
                yield return new() { ResumeToken = tokens.Seal(purpose, cursor.ToString()) };
            }

            if (rows.Count < Batch)
            {
                await Task.WhenAny(woken, Task.Delay(Look, time, cancellation));
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    private static void Check(IReadOnlyList<Change.Types.Kind> kinds)
    {
        foreach (var (index, kind) in kinds.Index())
        {
            if (kind == Change.Types.Kind.Unspecified || !System.Enum.IsDefined(kind))
            {
                throw Failures.InvalidField($"kinds[{index}]", $"kinds[{index}] is no kind of changes. Correct or remove it.");
            }
        }
    }

    private async Task<List<ChangeRow>> ReadAsync(string? company, FeedCursor after, CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ProvisioningDb>();
        var horizon = await FeedHorizon.ReadAsync(connections, dialect, cancellation);
        var rows = db.Set<ChangeRow>().AsNoTracking().Where(row =>
            (row.TransactionId > after.Transaction || (row.TransactionId == after.Transaction && row.Position > after.Position))
            && row.TransactionId < horizon);
        return await (company is null ? rows : rows.Where(row => row.CompanyId == company))
            .OrderBy(row => row.TransactionId).ThenBy(row => row.Position).Take(Batch).ToListAsync(cancellation);
    }

    /// <summary>
    /// The place before everything that is not yet visible, and which transactions behind it are visible already: they were before now.
    /// </summary>
    private async Task<(FeedCursor End, IReadOnlySet<long> Before)> EndAsync(string present, CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ProvisioningDb>();
        var horizon = await FeedHorizon.ReadAsync(connections, dialect, cancellation);
        var last = await db.Set<ChangeRow>().AsNoTracking().Where(row => row.TransactionId < horizon)
            .OrderByDescending(row => row.TransactionId).ThenByDescending(row => row.Position).FirstOrDefaultAsync(cancellation);
        var before = await db.Set<ChangeRow>().AsNoTracking().Where(row => row.TransactionId >= horizon).Select(row => row.TransactionId)
            .Distinct().ToListAsync(cancellation);
        return (new(present, last?.TransactionId ?? 0, last?.Position ?? 0), before.ToHashSet());
    }

    private async Task<FeedCursor> ResumeAsync(string purpose, string token, string present, CancellationToken cancellation)
    {
        var cursor = FeedCursor.Parse(tokens.Open(purpose, token) ?? throw Failures.InvalidResumeToken());
        if (cursor.Epoch != present)
        {
            throw Failures.ResumeTokenExpired();
        }

        await using var scope = scopes.CreateAsyncScope();
        var swept = await FeedRetention.SweptAsync(scope.ServiceProvider.GetRequiredService<ProvisioningDb>(), cancellation);
        return cursor.IsBefore(swept) ? throw Failures.ResumeTokenExpired() : cursor;
    }

    private static Change ToMessage(ChangeRow row, string token) => new()
    {
        ResumeToken = token,
        CompanyId = row.CompanyId,
        Kind = row.Kind,
        ResourceId = row.ResourceId,
        Version = row.Version,
        ChangedFields = { row.Fields.Split('\n', StringSplitOptions.RemoveEmptyEntries) },
        ChangeTime = row.Time.ToTimestamp(),
    };
}

/// <summary>A place in the feed of one epoch: everything up to it has been seen.</summary>
internal sealed record FeedCursor(string Epoch, long Transaction, long Position)
{
    public static FeedCursor Parse(string text)
    {
        var parts = text.Split(' ');
        return new(parts[0], long.Parse(parts[1], CultureInfo.InvariantCulture), long.Parse(parts[2], CultureInfo.InvariantCulture));
    }

    public bool IsBefore((long Transaction, long Position) other) =>
        Transaction < other.Transaction || (Transaction == other.Transaction && Position < other.Position);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch} {Transaction} {Position}");
}
