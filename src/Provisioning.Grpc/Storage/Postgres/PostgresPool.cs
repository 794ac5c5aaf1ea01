using System.Data.Common;
using Npgsql;

namespace Provisioning.Storage;

/// <summary>Npgsql's pool, which Entity Framework uses too.</summary>
internal sealed class PostgresPool(string text) : IConnectionPool
{
    public NpgsqlDataSource Source { get; } = NpgsqlDataSource.Create(Complete(text));

    public async ValueTask<DbConnection> OpenAsync(CancellationToken cancellation) => await Source.OpenConnectionAsync(cancellation);

    public ValueTask DisposeAsync() => Source.DisposeAsync();

    /// <summary>
    /// The settings' connection string with statements prepared by themselves and connections handed on as they are, unless it
    /// says otherwise: a pooler that gives each transaction another server needs "Max Auto Prepare=0".
    /// </summary>
    private static NpgsqlConnectionStringBuilder Complete(string text)
    {
        var given = new DbConnectionStringBuilder { ConnectionString = text };
        var builder = new NpgsqlConnectionStringBuilder(text);
        if (!given.ContainsKey("Max Auto Prepare") && !given.ContainsKey("MaxAutoPrepare"))
        {
            (builder.MaxAutoPrepare, builder.AutoPrepareMinUsages) = (200, 2);
        }

        // Nothing here leaves traces in a session: locks and settings are a transaction's.
        builder.NoResetOnClose |= !given.ContainsKey("No Reset On Close") && !given.ContainsKey("NoResetOnClose");
        return builder;
    }
}
