using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Changes;
using Provisioning.Contract;
using Provisioning.Sessions;
using Provisioning.Storage;
using Provisioning.V1;
using Provisioning.Writing;

namespace Provisioning.Log;

/// <summary>
/// Follows a company's log as it is written. Ids are taken before commits show the entries, so that an entry may come behind later
/// ones: each look goes back a moment, and now and then one goes back further. A watch costs what its own company writes: a look
/// after another company's write reads nothing, and none reads an entry more than a few times.
/// </summary>
internal sealed class LogWatch(
    ProvisioningDb db, CoreSettings settings, SealedTokens tokens, ChangeSignal signal, TimeProvider time)
{
    private const int Batch = 500;

    /// <summary>How often to look: for what other processes wrote, and at most while entries come.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500), Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>How far each look goes back, how far a late one does, and how often that is.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(1), LateOverlap = TimeSpan.FromSeconds(30),
        LateEvery = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Entries as they are written, from a resume token on, or from now on, with heartbeats when it is quiet.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_RESUME_TOKEN, RESUME_TOKEN_EXPIRED.</exception>
    public async IAsyncEnumerable<WatchLogEntriesResponse> WatchAsync(
        Caller caller, WatchLogEntriesRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (purpose, resourceId) = ($"log/{caller.Company}", request.ResourceId);
        var told = request.ResumeToken.Length == 0 ? Clock.Now(time) : Resume(purpose, request.ResumeToken);

        // Entries may come late, so that those just before the last one told are looked for again.
        var began = request.ResumeToken.Length == 0 ? told : told - LateOverlap;
        var (seen, newest, newestId, newestAt, lateAt) = (new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal), began,
            ResourceIds.Floor(ResourceIds.LogEntry, began), began, Clock.Now(time));
        var toldAt = Clock.Now(time);
        yield return new() { ResumeToken = Token() };
        while (true)
        {
            var (woken, now, found) = (signal.Next(caller.CompanyId), Clock.Now(time), false);
            var isLate = now - lateAt >= LateEvery && now - newestAt <= LateOverlap + LateEvery;
            lateAt = isLate ? now : lateAt;

            // Once it has been quiet for a while, only a late look still finds something before the newest entry.
            var from = isLate ? now - LateOverlap : newest - Overlap;
            for (var after = !isLate && now - newestAt > 2 * Overlap ? newestId
                : ResourceIds.Floor(ResourceIds.LogEntry, from < began ? began : from); ;)
            {
                var rows = await ReadAsync(caller.Company, resourceId, after, seen, isLate, cancellation);
                var admins = await AdminNames.OfAsync(db, caller.Company, rows.Fresh.Select(row => row.ActorTokenId), cancellation);
                foreach (var row in rows.Fresh.Where(row => seen.TryAdd(row.Id, row.Time)))
                {
                    (found, newestAt) = (true, now);
                    (newest, newestId) = string.CompareOrdinal(row.Id, newestId) > 0 ? (row.Time, row.Id) : (newest, newestId);
                    (told, toldAt) = (row.Time > told ? row.Time : told, now);
                    yield return new() { LogEntry = LogOperations.ToMessage(row, admins), ResumeToken = Token() };
                }

                if (rows.Last is null)
                {
                    break;
                }

                after = rows.Last;
                Forget();
            }

            Forget();
            if (now - toldAt >= Heartbeat)
            {
                (told, toldAt) = (now, now);
                yield return new() { ResumeToken = Token() };
            }

            if (found)
            {
                await Task.Delay(Pause, time, cancellation);
            }

            await Task.WhenAny(woken, Task.Delay(Look, time, cancellation));
            cancellation.ThrowIfCancellationRequested();
        }

        // Every entry until then was told, but those that come late.
        string Token() => tokens.Seal(purpose, told.ToString("O", CultureInfo.InvariantCulture));

        // What no look goes back to any more.
        void Forget()
        {
            var now = Clock.Now(time);
            foreach (var old in seen.Where(entry => entry.Value < now - LateOverlap - LateEvery && entry.Value < newest - Overlap)
                .Select(entry => entry.Key).ToList())
            {
                seen.Remove(old);
            }
        }
    }

    /// <summary>Until when the entries were told before.</summary>
    private DateTimeOffset Resume(string purpose, string token)
    {
        var told = DateTimeOffset.Parse(
            tokens.Open(purpose, token) ?? throw Failures.InvalidResumeToken(), CultureInfo.InvariantCulture);
        return told - LateOverlap < time.GetUtcNow() - TimeSpan.FromDays(settings.LogDays) ? throw Failures.ResumeTokenExpired() : told;
    }

    /// <summary>
    /// Reads some entries behind an id, and the last id where there may be more. A late look reads ids first, which most often are all
    /// known.
    /// </summary>
    private async Task<(IReadOnlyList<LogRow> Fresh, string? Last)> ReadAsync(
        string company, string resourceId, string after, Dictionary<string, DateTimeOffset> seen, bool isLate,
            CancellationToken cancellation)
    {
        var rows = db.Set<LogRow>().AsNoTracking()
            .Where(row => row.CompanyId == company && string.Compare(row.Id, after) > 0
                && (resourceId == "" || row.ResourceId == resourceId));
        if (!isLate)
        {
            var read = await rows.OrderBy(row => row.Id).Take(Batch).ToListAsync(cancellation);
            return (read, read.Count == Batch ? read[^1].Id : null);
        }

        var ids = await rows.OrderBy(row => row.Id).Select(row => row.Id).Take(10 * Batch).ToListAsync(cancellation);
        var missing = ids.Where(id => !seen.ContainsKey(id)).ToList();
        var late = missing.Count == 0
            ? []
            : await db.Set<LogRow>().AsNoTracking().Where(row => row.CompanyId == company && missing.Contains(row.Id))
                .OrderBy(row => row.Id).ToListAsync(cancellation);
        return (late, ids.Count == 10 * Batch ? ids[^1] : null);
    }
}
