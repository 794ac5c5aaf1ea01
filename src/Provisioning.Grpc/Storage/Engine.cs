using System.Data.Common;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Provisioning.Storage;

/// <summary>A database engine: how it is reached, how the model is described for it, and what its failures mean.</summary>
internal abstract class Engine
{
    /// <summary>The engines that there are.</summary>
    public static IReadOnlyList<Engine> All { get; } = [new PostgresEngine(), new SqliteEngine()];

    /// <summary>The engine that the settings name.</summary>
    public static Engine Of(StorageProvider provider) => All.Single(engine => engine.Provider == provider);

    /// <summary>Its name in the settings.</summary>
    public abstract StorageProvider Provider { get; }

    /// <summary>How statements are written for it.</summary>
    public abstract Dialect Dialect { get; }

    // The model.

    /// <summary>Keeps a document so that filters find what is in it.</summary>
    public abstract void AsDocument(PropertyBuilder<string> column);

    /// <summary>Indexes moments of rows that are only added, in the order of time.</summary>
    public abstract void AsAdded<TRow>(IndexBuilder<TRow> index);

    /// <summary>Keeps columns in an index beside its own, so that a query need not look the row up.</summary>
    public abstract void Beside<TRow>(IndexBuilder<TRow> index, System.Linq.Expressions.Expression<Func<TRow, object?>> columns);

    /// <summary>Numbers a table's rows by the transaction that writes them, and within it.</summary>
    public abstract void AsNumbered(PropertyBuilder<long> transaction, PropertyBuilder<long> position);

    // The database.

    /// <summary>The context, with the migrations.</summary>
    public abstract Type Context { get; }

    /// <summary>Adds the context to the services.</summary>
    public abstract void AddContext(IServiceCollection services, CoreSettings settings);

    /// <summary>Reads a connection string, and forgets it.</summary>
    /// <exception cref="ArgumentException">The engine cannot read it; also FormatException or KeyNotFoundException.</exception>
    public abstract void CheckConnectionString(string text);

    /// <summary>Makes the pool of connections.</summary>
    /// <param name="text">The connection string.</param>
    public abstract IConnectionPool Connect(string text);

    /// <summary>Makes ready what is not the schema's, before anything is asked.</summary>
    public abstract Task PrepareAsync(CoreSettings settings, StorageConnections connections, CancellationToken cancellation);

    /// <summary>Whether Entity Framework's table of migrations is there.</summary>
    public abstract Statement IsMigrated(Action<bool> found);

    /// <summary>Brings the schema up to date. Several processes may do it at once.</summary>
    public abstract Task MigrateAsync(ProvisioningDb db, CoreSettings settings, CancellationToken cancellation);

    /// <summary>Runs statements on a connection, in as few round trips as it can.</summary>
    /// <exception cref="DbException">One failed; those behind it did not run.</exception>
    public abstract Task RunAsync(
        DbConnection connection, DbTransaction? transaction, IReadOnlyList<Statement> statements, CancellationToken cancellation);

    // What its failures mean.

    /// <summary>The database that the connection string names is not there.</summary>
    public abstract bool IsNoDatabase(Exception failure);

    /// <summary>The database went while it was asked, so that nobody knows whether it did what was asked.</summary>
    public abstract bool IsOutcomeUnknown(Exception failure);

    /// <summary>Another writer was faster.</summary>
    public abstract bool IsLostRace(Exception failure);

    /// <summary>What was to be unique and is not: text that names table and columns; null for other failures.</summary>
    public abstract string? Duplicate(Exception failure);

    /// <summary>Takes a statement's rows until one is refused.</summary>
    protected static async Task ReadAsync(DbDataReader reader, Func<DbDataReader, bool> row, CancellationToken cancellation)
    {
        while (await reader.ReadAsync(cancellation) && row(reader))
        {
        }
    }
}
