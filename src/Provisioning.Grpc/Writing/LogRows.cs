using Provisioning.Storage;

namespace Provisioning.Writing;

/// <summary>Writes log entries.</summary>
internal static class LogRows
{
    public static readonly OnEngines<Rows<LogRow>> Rows = new(dialect => Make(dialect, ""));

    /// <summary>
    /// Adds entries that repeat themselves, or counts them in those that are there. The unique key makes the count exact, whoever writes
    /// at the same time; entries go in by the order of their keys, so that two writers never wait for each other.
    /// </summary>
    public static readonly OnEngines<Rows<LogRow>> Repeated = new(dialect => Make(dialect,
        $"""
         ON CONFLICT (company_id, repeat_key) WHERE repeat_key IS NOT NULL DO UPDATE SET count = log_entries.count + excluded.count,
        last_time = {dialect.Greatest}(log_entries.last_time, excluded.last_time)
        """));

    private static Rows<LogRow> Make(Dialect dialect, string onConflict) => new(dialect, "log_entries",
    [
        new("company_id", "text", row => row.CompanyId),
        new("time", "timestamptz", row => dialect.Time(row.Time)),
        new("repeat_key", "text", row => row.RepeatKey),
        new("id", "text", row => row.Id),
        new("last_time", "timestamptz", row => dialect.Time(row.LastTime)),
        new("count", "bigint", row => row.Count),
        new("actor_kind", "int", row => (int)row.ActorKind),
        new("actor_token_id", "text", row => row.ActorTokenId),
        new("actor_name", "text", row => row.ActorName),
        new("actor_connection_id", "text", row => row.ActorConnectionId),
        new("method", "text", row => row.Method),
        new("outcome", "int", row => (int)row.Outcome),
        new("reason", "int", row => (int)row.Reason),
        new("resource_id", "text", row => row.ResourceId),
        new("subject", "text", row => row.Subject),
        new("kinds", "text", row => row.Kinds),
        new("warnings", "text", row => row.Warnings),
        new("personal", "text", row => row.Personal),
    ])
    {
        OnConflict = onConflict,
        Order = onConflict.Length == 0 ? null : row => $"{row.CompanyId}/{row.RepeatKey}",
    };
}
