using Provisioning.Storage;

namespace Provisioning.Changes;

/// <summary>
/// Writes changes. On PostgreSQL the transaction and the position come from the database; on SQLite positions are counted.
/// </summary>
internal static class ChangeRows
{
    public static readonly OnEngines<Rows<ChangeRow>> Rows = new(provider => new(provider, "changes",
    [
        new("company_id", "text", row => row.CompanyId),
        new("kind", "int", row => (int)row.Kind),
        new("resource_id", "text", row => row.ResourceId),
        new("version", "bigint", row => row.Version),
        new("fields", "text", row => row.Fields),
        new("time", "timestamptz", row => Sql.Time(provider, row.Time)),
    ],
    provider == StorageProvider.Postgres ? [] :
    [
        ("transaction_id", "0"),
        ("position", "(SELECT COALESCE(MAX(position), 0) + 1 FROM changes WHERE transaction_id = 0)"),
    ]));
}
