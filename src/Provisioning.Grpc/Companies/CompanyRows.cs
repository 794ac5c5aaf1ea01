using Provisioning.Storage;
using Provisioning.V1;

namespace Provisioning.Companies;

/// <summary>Reads companies' rows as fast as they come.</summary>
internal static class CompanyRows
{
    /// <summary>Begins a transaction: reads its company, if it is there, and keeps plans (<see cref="Statement.KeepPlansBeside"/>).</summary>
    public static Statement Begin(StorageProvider provider, string id, TimeSpan? patience, Action<Company> found) => Statement.One(
        $"""
        SELECT id, slug, display_name, scim_feature, templates_feature, seat_limit, group_takeover, version, create_time, update_time{Statement.KeepPlansBeside(provider, patience)}
        FROM companies WHERE id = $1
        """,
        row => found(new()
        {
            Id = row.GetString(0),
            Slug = row.GetString(1),
            DisplayName = row.GetString(2),
            ScimFeature = row.GetBoolean(3),
            TemplatesFeature = row.GetBoolean(4),
            SeatLimit = row.IsDBNull(5) ? null : row.GetInt64(5),
            GroupTakeover = (GroupTakeover)row.GetInt32(6),
            Version = row.GetInt64(7),
            CreateTime = row.Time(8),
            UpdateTime = row.Time(9),
        }), id);
}
