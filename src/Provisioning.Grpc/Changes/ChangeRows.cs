using Provisioning.Storage;

namespace Provisioning.Changes;

/// <summary>Writes changes. On PostgreSQL the transaction and the position come from the database.</summary>
internal static class ChangeRows
{
    public static Statement Insert(StorageProvider provider, ChangeRow row) => provider == StorageProvider.Postgres
        ? new("INSERT INTO changes (company_id, id, kind, resource_id, version, fields, time) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            row.CompanyId, row.Id, (int)row.Kind, row.ResourceId, row.Version, row.Fields, Sql.Time(provider, row.Time))
        : new("INSERT INTO changes (company_id, id, kind, resource_id, version, fields, time, transaction_id, position) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8)",
            row.CompanyId, row.Id, (int)row.Kind, row.ResourceId, row.Version, row.Fields, Sql.Time(provider, row.Time), row.Position);
}
