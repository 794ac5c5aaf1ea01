using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Provisioning.Storage;

namespace Provisioning.Changes;

/// <summary>
/// Names the stretch of history in which transaction numbers mean something. They start again when a database is
/// restored elsewhere or a standby takes over; then a new epoch begins and older resume tokens are told so.
/// </summary>
internal sealed class FeedEpoch(IServiceScopeFactory scopes, StorageConnections connections, Dialect dialect)
{
    private const string Fact = "feed";

    /// <summary>The present epoch, begun anew if the database is not the one that the last epoch was for.</summary>
    public async Task<string> PresentAsync(CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ProvisioningDb>();
        var cluster = await ClusterAsync(cancellation);
        return await ReadAsync(db, cluster, cancellation) ?? await BeginAsync(db, cluster, cancellation);
    }

    private static async Task<string?> ReadAsync(ProvisioningDb db, string cluster, CancellationToken cancellation)
    {
        var known = await db.Set<StorageFact>().AsNoTracking().SingleOrDefaultAsync(row => row.Name == Fact, cancellation);
        return known?.Value.Split(' ') is [var epoch, var of] && of == cluster ? epoch : null;
    }

    private static async Task<string> BeginAsync(ProvisioningDb db, string cluster, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await Statements.RunAsync(db, [.. db.Dialect.LockTable("storage_facts")], cancellation);
        if (await ReadAsync(db, cluster, cancellation) is { } begun)
        {
            return begun;
        }

        var epoch = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(9));
        await db.Set<ChangeRow>().Where(row => row.TransactionId != 0).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.TransactionId, 0L), cancellation);
        await db.Set<StorageFact>().Where(row => row.Name == Fact || row.Name == FeedRetention.Fact).ExecuteDeleteAsync(cancellation);
        db.Add(new StorageFact { Name = Fact, Value = $"{epoch} {cluster}" });
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return epoch;
    }

    private async Task<string> ClusterAsync(CancellationToken cancellation)
    {
        var cluster = "";
        await connections.RunAsync([dialect.History(found => cluster = found)], cancellation);
        return cluster;
    }
}
