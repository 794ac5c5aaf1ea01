using System.Text.Json;

namespace Provisioning.Storage;

/// <summary>SQL's null where a moment could be: a parameter whose type comes and goes could not be prepared.</summary>
internal sealed class NoTime
{
    public static readonly NoTime Value = new();

    private NoTime()
    {
    }
}

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

    /// <summary>A table of pairs given by <see cref="PairsOf"/>, with the columns `attribute` and `value`.</summary>
    public static string Pairs(StorageProvider provider, string first, string second) => provider == StorageProvider.Postgres
        ? $"(SELECT * FROM unnest({first}::text[], {second}::text[]) AS pairs (attribute, value))"
        : $"(SELECT a.value AS attribute, b.value AS value FROM json_each({first}) a JOIN json_each({second}) b ON a.key = b.key)";

    /// <summary>The two parameters of <see cref="Pairs"/>.</summary>
    public static object[] PairsOf(StorageProvider provider, IReadOnlyCollection<(string First, string Second)> pairs) =>
        [TextsOf(provider, pairs.Select(pair => pair.First)), TextsOf(provider, pairs.Select(pair => pair.Second))];

    /// <summary>A moment as a parameter.</summary>
    public static object Time(StorageProvider provider, DateTimeOffset time) =>
        provider == StorageProvider.Postgres ? time.ToUniversalTime() : Microseconds.Of(time);

    /// <summary>A moment, or SQL's null of that type, as a parameter.</summary>
    public static object TimeOrNull(StorageProvider provider, DateTimeOffset? time) => time is { } at ? Time(provider, at) : NoTime.Value;

    /// <summary>Locks rows against other writers until the transaction ends; SQLite has one writer anyway.</summary>
    public static string ForUpdate(StorageProvider provider) => provider == StorageProvider.Postgres ? " FOR NO KEY UPDATE" : "";

    /// <summary>The same for those that no other writer has; the others are passed over.</summary>
    public static string ForUpdateIfFree(StorageProvider provider) => provider == StorageProvider.Postgres ? " FOR NO KEY UPDATE SKIP LOCKED" : "";

    /// <summary>
    /// Whether a row was last written by a transaction with a later number than this one's, which the feed would tell of first: asked
    /// behind the lock. PostgreSQL takes a transaction's number with its first lock or while it still waits for it, and others may
    /// write meanwhile.
    /// </summary>
    public static string IsOvertaken(StorageProvider provider, string alias) => provider == StorageProvider.Postgres ? $"age({alias}.xmin) < 0" : "FALSE";
}
