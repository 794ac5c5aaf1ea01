using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Storage;

namespace Provisioning.Groups;

/// <summary>The groups that teammates are in, as teammates show them.</summary>
internal sealed class Memberships(ProvisioningDb db, CoreSettings settings)
{
    private const int Most = 500;

    /// <summary>Adds a teammate's groups.</summary>
    public async Task<V1.Teammate> ShowAsync(Caller caller, V1.Teammate teammate, CancellationToken cancellation)
    {
        await ShowAsync(caller, [teammate], cancellation);
        return teammate;
    }

    /// <summary>Adds the groups of each teammate, in one look-up.</summary>
    public async Task ShowAsync(Caller caller, IReadOnlyCollection<V1.Teammate> teammates, CancellationToken cancellation)
    {
        if (teammates.Count == 0)
        {
            return;
        }

        var list = Sql.Texts(settings.Provider, "{1}");
        var sql =
            $"""
            SELECT r.teammate_id AS "TeammateId", r.group_id AS "GroupId", g.display_name AS "DisplayName" FROM
            (SELECT m.teammate_id, m.group_id, ROW_NUMBER() OVER (PARTITION BY m.teammate_id ORDER BY m.group_id) AS n
             FROM teammate_group_members m WHERE m.company_id = {"{0}"} AND m.teammate_id IN {list}) r
            JOIN teammate_groups g ON g.company_id = {"{0}"} AND g.id = r.group_id WHERE r.n <= {Most} ORDER BY r.group_id
            """;
        var ids = JsonSerializer.Serialize(teammates.Select(each => each.Id));
        var rows = await db.Database.SqlQueryRaw<Membership>(sql, caller.Company, ids).ToListAsync(cancellation);
        var byTeammate = rows.ToLookup(row => row.TeammateId);
        foreach (var teammate in teammates)
        {
            teammate.Groups.AddRange(byTeammate[teammate.Id].Select(row => new V1.GroupMembership { GroupId = row.GroupId, DisplayName = row.DisplayName }));
        }
    }

    private sealed record Membership(string TeammateId, string GroupId, string DisplayName);
}
