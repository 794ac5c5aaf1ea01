using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Provisioning.Storage;

/// <summary>Runs statements: on PostgreSQL all of them in one round trip, on SQLite one after another.</summary>
internal static class Statements
{
    /// <summary>Runs statements on a connection of its own; each sees what is committed.</summary>
    public static async Task RunAsync(
        this StorageConnections connections, IReadOnlyList<Statement> statements, CancellationToken cancellation)
    {
        await using var connection = await connections.OpenAsync(cancellation);
        await RunAsync(connection, null, statements, cancellation);
    }

    /// <summary>Runs statements in the transaction that a context has begun.</summary>
    /// <exception cref="DbException">One failed; those behind it did not run.</exception>
    public static Task RunAsync(ProvisioningDb db, IReadOnlyList<Statement> statements, CancellationToken cancellation) =>
        RunAsync(db.Database.GetDbConnection(), db.Database.CurrentTransaction?.GetDbTransaction(), statements, cancellation);

    private static Task RunAsync(
        DbConnection connection, DbTransaction? transaction, IReadOnlyList<Statement> statements, CancellationToken cancellation) =>
        statements.Count == 0 ? Task.CompletedTask
        : connection is NpgsqlConnection postgres ? RunAsync(postgres, statements, cancellation) : RunAsync(
            (SqliteConnection)connection, transaction, statements, cancellation);

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

    private static async Task RunAsync(
        SqliteConnection connection, DbTransaction? transaction, IReadOnlyList<Statement> statements, CancellationToken cancellation)
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
