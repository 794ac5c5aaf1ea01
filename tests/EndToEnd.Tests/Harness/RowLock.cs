using Npgsql;

namespace EndToEnd.Harness;

/// <summary>Rows that another program has locked in PostgreSQL.</summary>
public sealed class RowLock : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection, _watcher;
    private readonly NpgsqlTransaction _transaction;

    private RowLock(NpgsqlConnection connection, NpgsqlConnection watcher, NpgsqlTransaction transaction) =>
        (_connection, _watcher, _transaction) = (connection, watcher, transaction);

    public static async Task<RowLock> TakeAsync(string? connectionString, string table, params string[] ids)
    {
        NpgsqlConnection connection = new(connectionString), watcher = new(connectionString);
        await connection.OpenAsync();
        await watcher.OpenAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand(
            $"SELECT 1 FROM {table} WHERE id = ANY($1) FOR UPDATE", connection, transaction)
        { Parameters = { new() { Value = ids } } };
        _ = await command.ExecuteScalarAsync();
        return new(connection, watcher, transaction);
    }

    /// <summary>Waits until some transactions wait for these rows, or for another that waits.</summary>
    public async Task WaitForWaitersAsync(int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await using var command = new NpgsqlCommand(
            """
            WITH RECURSIVE held (pid) AS (SELECT $1 UNION SELECT a.pid FROM pg_stat_activity a JOIN held
                ON held.pid = ANY(pg_blocking_pids(a.pid)))
            SELECT count(*) - 1 FROM held
            """, _watcher)
        {
            Parameters = { new() { Value = _connection.ProcessID } },
        };
        while ((long)(await command.ExecuteScalarAsync(patience.Token))! < count)
        {
            await Task.Delay(10, patience.Token);
        }
    }

    public Task ReleaseAsync() => _transaction.CommitAsync();

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
        await _watcher.DisposeAsync();
    }
}
