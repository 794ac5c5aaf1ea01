using Microsoft.EntityFrameworkCore;
using Provisioning.Storage;

namespace Provisioning.Log;

/// <summary>Counts what is asked again within the hour in the entry that is there.</summary>
internal static class LogRepeats
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <summary>Whether an equal entry was there and now counts one more.</summary>
    public static async Task<bool> CountAsync(ProvisioningDb db, LogRow entry, CancellationToken cancellation)
    {
        if (entry.RepeatKey is not { } key)
        {
            return false;
        }

        var since = entry.Time - Window;
        return await db.LogEntries
            .Where(row => row.CompanyId == entry.CompanyId && row.RepeatKey == key && row.Time > since)
            .ExecuteUpdateAsync(set => set
                .SetProperty(row => row.Count, row => row.Count + 1)
                .SetProperty(row => row.LastTime, entry.Time), cancellation) > 0;
    }
}
