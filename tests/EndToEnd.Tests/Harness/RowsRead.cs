using Npgsql;

namespace EndToEnd.Harness;

/// <summary>What PostgreSQL has read, by its own counters.</summary>
internal static class RowsRead
{
    /// <summary>A number that a query of counters gives. Servers count with a delay, so this waits until it stands.</summary>
    public static async Task<long> ByAsync(NpgsqlConnection connection, string query)
    {
        var (last, now) = (-1L, 0L);
        while (last != now)
        {
            last = now;
            await Task.Delay(TimeSpan.FromSeconds(2));
            await using var read = new NpgsqlCommand(query, connection);
            now = (long)(await read.ExecuteScalarAsync())!;
        }

        return now;
    }
}
