using System.Data.Common;
using System.Linq.Expressions;
using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;
using NpgsqlTypes;

namespace Provisioning.Storage;

/// <summary>PostgreSQL, through Npgsql.</summary>
internal sealed class PostgresEngine : Engine
{
    public override StorageProvider Provider => StorageProvider.Postgres;

    public override Dialect Dialect { get; } = new PostgresDialect();

    public override void AsDocument(PropertyBuilder<string> column) => column.HasColumnType("jsonb").UseCollation(null);

    public override void AsAdded<TRow>(IndexBuilder<TRow> index) => index.HasMethod("brin");

    public override void Beside<TRow>(IndexBuilder<TRow> index, Expression<Func<TRow, object?>> columns) =>
        index.IncludeProperties(columns);

    public override void AsNumbered(PropertyBuilder<long> transaction, PropertyBuilder<long> position)
    {
        transaction.HasDefaultValueSql("(pg_current_xact_id()::text)::bigint");
        position.UseIdentityAlwaysColumn();
    }

    public override Type Context => typeof(PostgresProvisioningDb);

    public override void AddContext(IServiceCollection services, CoreSettings settings) =>
        services.AddDbContextPool<ProvisioningDb, PostgresProvisioningDb>((provider, options) =>
            options.UseNpgsql(((PostgresPool)provider.GetRequiredService<StorageConnections>().Pool).Source));

    public override void CheckConnectionString(string text) => _ = new NpgsqlConnectionStringBuilder(text).Host;

    public override IConnectionPool Connect(string text) => new PostgresPool(text);

    public override Task PrepareAsync(CoreSettings settings, StorageConnections connections, CancellationToken cancellation) =>
        Task.CompletedTask;

    public override Statement IsMigrated(Action<bool> found) =>
        Statement.One("SELECT to_regclass('\"__EFMigrationsHistory\"') IS NOT NULL", row => found(row.GetBoolean(0)));

    public override Task MigrateAsync(ProvisioningDb db, CoreSettings settings, CancellationToken cancellation) =>
        db.Database.MigrateAsync(cancellation);

    public override async Task RunAsync(
        DbConnection connection, DbTransaction? transaction, IReadOnlyList<Statement> statements, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch((NpgsqlConnection)connection);
        foreach (var statement in statements)
        {
            var command = new NpgsqlBatchCommand(statement.Sql);
            foreach (var parameter in statement.Parameters)
            {
                command.Parameters.Add(ParameterOf(parameter));
            }

            batch.BatchCommands.Add(command);
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        foreach (var row in statements.Select(statement => statement.Row).OfType<Func<DbDataReader, bool>>())
        {
            await ReadAsync(reader, row, cancellation);

            // Also passes over what gives no rows, and throws what failed there.
            await reader.NextResultAsync(cancellation);
        }
    }

    public override bool IsNoDatabase(Exception failure) =>
        failure is PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName };

    public override bool IsOutcomeUnknown(Exception failure) => failure switch
    {
        PostgresException postgres => postgres.SqlState[..2] is "08" or "57",
        NpgsqlException or SocketException or TimeoutException => true,
        _ => false,
    };

    public override bool IsLostRace(Exception failure) => failure is PostgresException
    {
        SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.ForeignKeyViolation
    };

    public override string? Duplicate(Exception failure) => failure is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } at
        ? $"{at.TableName} {at.ConstraintName}" : null;

    /// <summary>A parameter of a type, which a null has too: without one PostgreSQL could not keep the statement prepared.</summary>
    private static NpgsqlParameter ParameterOf(object? value) => value switch
    {
        null or string => new NpgsqlParameter<string?> { TypedValue = (string?)value },
        long number => new NpgsqlParameter<long> { TypedValue = number },
        int number => new NpgsqlParameter<int> { TypedValue = number },
        DateTimeOffset time => new NpgsqlParameter<DateTimeOffset> { TypedValue = time },
        NoTime => new() { NpgsqlDbType = NpgsqlDbType.TimestampTz, Value = DBNull.Value },
        _ => new() { Value = value },
    };
}
