using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Provisioning.Storage;

namespace Provisioning.Changes;

/// <summary>Sweeps old changes and remembers up to where, so that a resume token from before is told.</summary>
internal static class FeedRetention
{
    public const string Fact = "feed swept";

    /// <summary>Deletes changes from before a time; the newest always stays, since SQLite counts on from it.</summary>
    public static async Task SweepAsync(ProvisioningDb db, DateTimeOffset before, CancellationToken cancellation)
    {
        var last = await db.Set<ChangeRow>().AsNoTracking().Where(row => row.Time < before)
            .OrderByDescending(row => row.TransactionId).ThenByDescending(row => row.Position).FirstOrDefaultAsync(cancellation);
        if (last is null)
        {
            return;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var swept = string.Create(CultureInfo.InvariantCulture, $"{last.TransactionId} {last.Position}");
        if (await db.Set<StorageFact>().Where(row => row.Name == Fact)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Value, swept), cancellation) == 0)
        {
            db.Add(new StorageFact { Name = Fact, Value = swept });
            await db.SaveChangesAsync(cancellation);
        }

        await db.Set<ChangeRow>().Where(row =>
            row.TransactionId < last.TransactionId || (row.TransactionId == last.TransactionId && row.Position < last.Position))
            .ExecuteDeleteAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>The last place that was swept; changes up to it are gone.</summary>
    public static async Task<(long Transaction, long Position)> SweptAsync(ProvisioningDb db, CancellationToken cancellation)
    {
        var fact = await db.Set<StorageFact>().AsNoTracking().SingleOrDefaultAsync(row => row.Name == Fact, cancellation);
        return fact?.Value.Split(' ') is [var transaction, var position]
            ? (long.Parse(transaction, CultureInfo.InvariantCulture), long.Parse(position, CultureInfo.InvariantCulture))
            : (0, 0);
    }
}
