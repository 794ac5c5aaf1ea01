using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Provisioning.Storage;

/// <summary>Pooled connections to the database, the same as Entity Framework's.</summary>
internal sealed class StorageConnections(CoreSettings settings) : IAsyncDisposable
{
    /// <summary>PostgreSQL's pool; null on SQLite.</summary>
    public NpgsqlDataSource? Postgres { get; } =
        settings.Provider == StorageProvider.Postgres ? NpgsqlDataSource.Create(PostgresConnectionString(settings)) : null;

    /// <summary>A connection to read by. Disposing it gives it back.</summary>
    public async ValueTask<DbConnection> OpenAsync(CancellationToken cancellation)
    {
        if (Postgres is not null)
        {
            return await Postgres.OpenConnectionAsync(cancellation);
        }

        var connection = new SqliteConnection(settings.ConnectionString);
        await connection.OpenAsync(cancellation);
        return connection;
    }

    public ValueTask DisposeAsync() => Postgres?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>
    /// The settings' connection string with statements prepared by themselves and connections handed on as they are, unless it
    /// says otherwise: a pooler that gives each transaction another server needs "Max Auto Prepare=0".
    /// </summary>
    private static NpgsqlConnectionStringBuilder PostgresConnectionString(CoreSettings settings)
    {
        var given = new DbConnectionStringBuilder { ConnectionString = settings.ConnectionString };
        var builder = new NpgsqlConnectionStringBuilder(settings.ConnectionString);
        if (!given.ContainsKey("Max Auto Prepare") && !given.ContainsKey("MaxAutoPrepare"))
        {
            (builder.MaxAutoPrepare, builder.AutoPrepareMinUsages) = (200, 2);
        }

        // Nothing here leaves traces in a session: locks and settings are a transaction's.
        builder.NoResetOnClose |= !given.ContainsKey("No Reset On Close") && !given.ContainsKey("NoResetOnClose");
        return builder;
    }
}
