using Provisioning.Storage;

namespace Provisioning.Log;

/// <summary>Writes log entries.</summary>
internal static class LogRows
{
    public static readonly OnEngines<Rows<LogRow>> Rows = new(provider => new(provider, "log_entries",
    [
        new("company_id", "text", row => row.CompanyId),
        new("time", "timestamptz", row => Sql.Time(provider, row.Time)),
        new("repeat_key", "text", row => row.RepeatKey),
        new("id", "text", row => row.Id),
        new("last_time", "timestamptz", row => Sql.Time(provider, row.LastTime)),
        new("count", "bigint", row => row.Count),
        new("actor_kind", "int", row => (int)row.ActorKind),
        new("actor_token_id", "text", row => row.ActorTokenId),
        new("actor_name", "text", row => row.ActorName),
        new("actor_connection_id", "text", row => row.ActorConnectionId),
        new("method", "text", row => row.Method),
        new("outcome", "int", row => (int)row.Outcome),
        new("reason", "int", row => (int)row.Reason),
        new("resource_id", "text", row => row.ResourceId),
        new("kinds", "text", row => row.Kinds),
        new("warnings", "text", row => row.Warnings),
        new("personal", "text", row => row.Personal),
    ]));

    /// <summary>How long what is asked again only counts in the entry that is there.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <summary>Counts an entry that repeats itself in the one that is there, or adds it.</summary>
    public static IEnumerable<Statement> CountOrInsert(StorageProvider provider, LogRow row)
    {
        const string Count = "UPDATE log_entries SET count = count + 1, last_time = {0} WHERE company_id = {1} AND repeat_key = {2} AND time > {3}";
        var (rows, since) = (Rows.On(provider), Sql.Time(provider, row.Time - Window));
        return provider == StorageProvider.Postgres
            ?
            [
                new($"WITH counted AS ({string.Format(null, Count, "$2", "$1", "$3", "$18")} RETURNING 1) {rows.Into} SELECT {rows.Values} WHERE NOT EXISTS (SELECT 1 FROM counted)",
                    [.. rows.ParametersOf(row), since]),
            ]
            :
            [
                new(string.Format(null, Count, "$1", "$2", "$3", "$4"), Sql.Time(provider, row.Time), row.CompanyId, row.RepeatKey, since),
                new($"{rows.Into} SELECT {rows.Values} WHERE changes() = 0", rows.ParametersOf(row)),
            ];
    }
}
