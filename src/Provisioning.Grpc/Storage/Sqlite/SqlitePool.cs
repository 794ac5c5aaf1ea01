using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Provisioning.Storage;

/// <summary>The driver's own pool, which Entity Framework uses too.</summary>
internal sealed class SqlitePool(string text) : IConnectionPool
{
    public async ValueTask<DbConnection> OpenAsync(CancellationToken cancellation)
    {
        var connection = new SqliteConnection(text);
        await connection.OpenAsync(cancellation);
        return connection;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
