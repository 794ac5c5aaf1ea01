using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Provisioning.Storage;

namespace Provisioning.Changes;

/// <summary>The first transaction that readers may not pass yet: the oldest one still open.</summary>
internal static class FeedHorizon
{
    private static readonly Meter Meter = new("Provisioning");

    /// <summary>
    /// How many transactions the horizon was behind the newest at the last look: an old open transaction holds the feed back.
    /// </summary>
    private static readonly Gauge<long> Lag = Meter.CreateGauge<long>(
        "provisioning.changes.horizon_lag", "{transaction}", "How far the oldest open transaction holds the change feed back.");

    public static async Task<long> ReadAsync(ProvisioningDb db, CancellationToken cancellation)
    {
        if (!db.Database.IsNpgsql())
        {
            return long.MaxValue;
        }

        var snapshot = await db.Database.SqlQuery<Snapshot>(
            $"""
             SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS "Oldest",
                 pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS "Next"
             """).SingleAsync(cancellation);
        Lag.Record(snapshot.Next - snapshot.Oldest);
        return snapshot.Oldest;
    }

    private sealed record Snapshot(long Oldest, long Next);
}
