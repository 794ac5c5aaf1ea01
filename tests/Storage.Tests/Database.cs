using System.Data.Common;
using Npgsql;
using Provisioning.Storage;

namespace Provisioning.Tests;

/// <summary>A database of an engine, made for one test.</summary>
internal sealed class Database : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("storage-").FullName;
    private readonly IConnectionPool _pool;

    private Database(Engine engine, string? text) =>
        (Engine, _pool) = (engine, engine.Connect(text ?? $"Data Source={Path.Combine(_folder, "test.db")}"));

    public static string? Postgres { get; } = Environment.GetEnvironmentVariable("TEST_POSTGRES");

    public Engine Engine { get; }

    public Dialect Dialect => Engine.Dialect;

    /// <summary>Makes an empty database, and a table in it.</summary>
    public static async Task<Database> MakeAsync(string provider, string? table = null)
    {
        var engine = Engine.All.Single(each => each.Provider.ToString() == provider);
        var database = new Database(engine, provider == "Sqlite" ? null : await NewPostgresAsync());
        if (table is not null)
        {
            await database.RunAsync(new Statement($"CREATE TABLE {table}"));
        }

        return database;
    }

    public async Task RunAsync(params Statement[] statements)
    {
        await using var connection = await _pool.OpenAsync(default);
        await Engine.RunAsync(connection, null, statements, default);
    }

    /// <summary>What one query gives.</summary>
    public async Task<List<T>> ReadAsync<T>(string sql, Func<DbDataReader, T> row, params object?[] parameters)
    {
        var found = new List<T>();
        await RunAsync(Statement.Each(sql, reader => found.Add(row(reader)), parameters));
        return found;
    }

    /// <summary>What one query gives, in a column of texts.</summary>
    public Task<List<string?>> TextsAsync(string sql, params object?[] parameters) =>
        ReadAsync(sql, row => row.TextOrNull(0), parameters);

    public async Task<Work> BeginAsync()
    {
        var connection = await _pool.OpenAsync(default);
        return new(Engine, connection, await connection.BeginTransactionAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<string> NewPostgresAsync()
    {
        var name = $"storage_{Guid.NewGuid():n}";
        await using var server = NpgsqlDataSource.Create(Postgres!);
        await using var command = server.CreateCommand($"CREATE DATABASE {name}");
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(Postgres) { Database = name }.ToString();
    }

    /// <summary>An open transaction.</summary>
    internal sealed class Work(Engine engine, DbConnection connection, DbTransaction transaction) : IAsyncDisposable
    {
        public Task RunAsync(params IEnumerable<Statement> statements) =>
            engine.RunAsync(connection, transaction, [.. statements], default);

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
