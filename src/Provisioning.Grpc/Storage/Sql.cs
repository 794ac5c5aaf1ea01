using System.Text.Json;

namespace Provisioning.Storage;

/// <summary>What the two engines write differently.</summary>
internal static class Sql
{
    /// <summary>
    /// A table of the texts that <see cref="TextsOf"/> gives, with the one column `value`. PostgreSQL plans an array for a few
    /// texts and looks each up by index, whatever the tables were like when it made the plan.
    /// </summary>
    public static string Texts(StorageProvider provider, string parameter) => provider == StorageProvider.Postgres
        ? $"(SELECT unnest({parameter}::text[]) COLLATE \"C\" AS value)"
        : $"(SELECT value FROM json_each({parameter}))";

    /// <summary>The condition that a column has one of the texts.</summary>
    public static string In(StorageProvider provider, string column, string parameter) => provider == StorageProvider.Postgres
        ? $"{column} = ANY({parameter}::text[])"
        : $"{column} IN {Texts(provider, parameter)}";

    /// <summary>Texts as a parameter.</summary>
    public static object TextsOf(StorageProvider provider, IEnumerable<string> texts) =>
        provider == StorageProvider.Postgres ? texts.ToArray() : JsonSerializer.Serialize(texts);

    /// <summary>A moment as a parameter.</summary>
    public static object Time(StorageProvider provider, DateTimeOffset time) =>
        provider == StorageProvider.Postgres ? time.ToUniversalTime() : Microseconds.Of(time);

    /// <summary>A moment, or SQL's null of that type, as a parameter.</summary>
    public static object TimeOrNull(StorageProvider provider, DateTimeOffset? time) => time is { } at ? Time(provider, at) : NoTime.Value;

    /// <summary>Locks rows against other writers until the transaction ends; SQLite has one writer anyway.</summary>
    public static string ForUpdate(StorageProvider provider) => provider == StorageProvider.Postgres ? " FOR NO KEY UPDATE" : "";

    /// <summary>The same for those that no other writer has; the others are passed over.</summary>
    public static string ForUpdateIfFree(StorageProvider provider) =>
        provider == StorageProvider.Postgres ? " FOR NO KEY UPDATE SKIP LOCKED" : "";

    /// <summary>
    /// Whether a row was last written by a transaction with a later number than this one's, which the feed would tell of first: asked
    /// behind the lock. PostgreSQL takes a transaction's number with its first lock or while it still waits for it, and others may
    /// write meanwhile. Rows keep 32 bits of a number for ever, so that a later one is known by being at most as far ahead as any is yet.
    /// </summary>
    public static string IsOvertaken(StorageProvider provider, string alias)
    {
        const string Own = "pg_current_xact_id_if_assigned()::text::bigint", Next = "pg_snapshot_xmax(pg_current_snapshot())::text::bigint",
            All = "4294967296";
        return provider == StorageProvider.Postgres
            ? $"COALESCE(MOD({All} + {alias}.xmin::text::bigint - MOD({Own}, {All}), {All}) BETWEEN 1 AND {Next} - {Own}, FALSE)"
            : "FALSE";
    }
}
