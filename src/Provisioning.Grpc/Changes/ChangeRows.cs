using Provisioning.Storage;

namespace Provisioning.Changes;

/// <summary>
/// Writes changes. The transaction and the position come from the database; where there is one writer at a time, positions are counted.
/// </summary>
internal static class ChangeRows
{
    public static readonly OnEngines<Rows<ChangeRow>> Rows = new(dialect => new(dialect, "changes",
    [
        new("company_id", "text", row => row.CompanyId),
        new("kind", "int", row => (int)row.Kind),
        new("resource_id", "text", row => row.ResourceId),
        new("version", "bigint", row => row.Version),
        new("fields", "text", row => row.Fields),
        new("time", "timestamptz", row => dialect.Time(row.Time)),
    ],
    !dialect.HasOneWriter ? [] :
    [
        ("transaction_id", "0"),
        ("position", "(SELECT COALESCE(MAX(position), 0) + 1 FROM changes WHERE transaction_id = 0)"),
    ]));
}
