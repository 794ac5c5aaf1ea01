namespace Provisioning.Storage;

/// <summary>What the two engines write differently.</summary>
internal static class Sql
{
    /// <summary>A table of the texts in a JSON array, with the one column `value`.</summary>
    public static string Texts(StorageProvider provider, string parameter) => provider == StorageProvider.Postgres
        ? $"(SELECT jsonb_array_elements_text({parameter}::jsonb) COLLATE \"C\" AS value)"
        : $"(SELECT value FROM json_each({parameter}))";

    /// <summary>A moment as a parameter.</summary>
    public static object Time(StorageProvider provider, DateTimeOffset time) =>
        provider == StorageProvider.Postgres ? time.ToUniversalTime() : Microseconds.Of(time);

    /// <summary>Locks rows against other writers until the transaction ends; SQLite has one writer anyway.</summary>
    public static string ForUpdate(StorageProvider provider) => provider == StorageProvider.Postgres ? " FOR NO KEY UPDATE" : "";
}
