using System.Diagnostics.Metrics;
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

    /// <summary>The number of the oldest open transaction; the largest number where transactions have none.</summary>
    public static async Task<long> ReadAsync(StorageConnections connections, Dialect dialect, CancellationToken cancellation)
    {
        var horizon = long.MaxValue;
        await connections.RunAsync([.. dialect.OpenTransactions((oldest, next) =>
        {
            Lag.Record(next - oldest);
            horizon = oldest;
        })], cancellation);
        return horizon;
    }
}
