using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Provisioning.Storage;

/// <summary>
/// One statement written by hand, for the few operations whose speed counts. Parameters are $1, $2 and so on, on both engines.
/// </summary>
/// <param name="sql">The statement.</param>
/// <param name="parameters">Its parameters; null is SQL's null.</param>
internal sealed class Statement(string sql, params object?[] parameters)
{
    private const string KeptPlans = "set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true)";

    public string Sql => sql;

    public IReadOnlyList<object?> Parameters => parameters;

    /// <summary>Takes each row that it gives, and says whether to go on; null for a statement that gives none.</summary>
    public Func<DbDataReader, bool>? Row { get; init; }

    /// <summary>
    /// Lets PostgreSQL keep its plans, in this transaction or round trip: rows are looked up by indexes, whatever the keys are, and a
    /// plan made anew for each array or moment takes longer than to run it. A plan that is kept must suit tables that have grown
    /// since, or have many rows that are gone, so none reads a table whole. Nothing on SQLite.
    /// </summary>
    public static Statement[] KeepPlans(StorageProvider provider) => provider == StorageProvider.Postgres ? [One($"SELECT {KeptPlans}", _ => { })] : [];

    /// <summary>
    /// The same as columns to select behind others by a transaction's first statement, which spares one; and, where a patience is
    /// given, that no statement waits for a lock for longer. Nothing on SQLite.
    /// </summary>
    public static string KeepPlansBeside(StorageProvider provider, TimeSpan? patience) => provider == StorageProvider.Postgres
        ? $", {KeptPlans}" + (patience is { } time ? string.Create(CultureInfo.InvariantCulture, $", set_config('lock_timeout', '{time.TotalMilliseconds}', true)") : "")
        : "";

    /// <summary>A statement that gives one row at most.</summary>
    public static Statement One(string sql, Action<DbDataReader> row, params object?[] parameters) => Each(sql, row, parameters);

    /// <summary>A statement whose rows are taken until one is refused.</summary>
    public static Statement Until(string sql, Func<DbDataReader, bool> row, params object?[] parameters) => new(sql, parameters) { Row = row };

    /// <summary>A statement whose rows are all taken.</summary>
    public static Statement Each(string sql, Action<DbDataReader> row, params object?[] parameters) => new(sql, parameters)
    {
        Row = reader =>
        {
            row(reader);
            return true;
        },
    };
}

/// <summary>Runs statements: on PostgreSQL all of them in one round trip, on SQLite one after another.</summary>
internal static class Statements
{
    /// <summary>Runs statements on a connection of its own; each sees what is committed.</summary>
    public static async Task RunAsync(this StorageConnections connections, IReadOnlyList<Statement> statements, CancellationToken cancellation)
    {
        await using var connection = await connections.OpenAsync(cancellation);
        await RunAsync(connection, null, statements, cancellation);
    }

    /// <summary>Runs statements in the transaction that a context has begun.</summary>
    /// <exception cref="DbException">One failed; those behind it did not run.</exception>
    public static Task RunAsync(ProvisioningDb db, IReadOnlyList<Statement> statements, CancellationToken cancellation) =>
        RunAsync(db.Database.GetDbConnection(), db.Database.CurrentTransaction?.GetDbTransaction(), statements, cancellation);

    private static Task RunAsync(DbConnection connection, DbTransaction? transaction, IReadOnlyList<Statement> statements, CancellationToken cancellation) =>
        statements.Count == 0 ? Task.CompletedTask
        : connection is NpgsqlConnection postgres ? RunAsync(postgres, statements, cancellation) : RunAsync((SqliteConnection)connection, transaction, statements, cancellation);

    private static async Task RunAsync(NpgsqlConnection connection, IReadOnlyList<Statement> statements, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
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

    private static async Task RunAsync(SqliteConnection connection, DbTransaction? transaction, IReadOnlyList<Statement> statements, CancellationToken cancellation)
    {
        foreach (var statement in statements)
        {
            await using var command = connection.CreateCommand();
            command.Transaction = (SqliteTransaction?)transaction;
            command.CommandText = statement.Sql;
            foreach (var (index, parameter) in statement.Parameters.Index())
            {
                command.Parameters.AddWithValue($"${index + 1}", parameter is null or NoTime ? DBNull.Value : parameter);
            }

            if (statement.Row is null)
            {
                await command.ExecuteNonQueryAsync(cancellation);
                continue;
            }

            await using var reader = await command.ExecuteReaderAsync(cancellation);
            await ReadAsync(reader, statement.Row, cancellation);
        }
    }

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

    private static async Task ReadAsync(DbDataReader reader, Func<DbDataReader, bool> row, CancellationToken cancellation)
    {
        while (await reader.ReadAsync(cancellation) && row(reader))
        {
        }
    }
}

/// <summary>Values as both engines give them.</summary>
internal static class Columns
{
    extension(DbDataReader reader)
    {
        /// <summary>A text; null for SQL's null.</summary>
        public string? TextOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

        /// <summary>A moment.</summary>
        public DateTimeOffset Time(int column) =>
            reader is SqliteDataReader ? Microseconds.ToTime(reader.GetInt64(column)) : reader.GetFieldValue<DateTimeOffset>(column);

        /// <summary>A moment; null for SQL's null.</summary>
        public DateTimeOffset? TimeOrNull(int column) => reader.IsDBNull(column) ? null : reader.Time(column);
    }
}
