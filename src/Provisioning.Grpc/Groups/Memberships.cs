using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Contract;
using Provisioning.Storage;

namespace Provisioning.Groups;

/// <summary>The groups that teammates are in, as teammates show them.</summary>
internal sealed class Memberships(ProvisioningDb db, CoreSettings settings)
{
    private const int Most = 500, MostInPage = 50_000;

    /// <summary>Adds a teammate's groups.</summary>
    public async Task<V1.Teammate> ShowAsync(Caller caller, V1.Teammate teammate, CancellationToken cancellation)
    {
        await ShowAsync(caller, [teammate], cancellation);
        return teammate;
    }

    /// <summary>Adds the groups of a teammate just written. That they cannot be read is no reason to say that the write failed.</summary>
    public async Task<V1.Teammate> ShowWrittenAsync(Caller caller, V1.Teammate teammate, CancellationToken cancellation)
    {
        try
        {
            return await ShowAsync(caller, teammate, cancellation);
        }
        catch (Exception failure) when (StorageErrors.IsUnavailable(failure))
        {
            return teammate;
        }
    }

    /// <summary>
    /// Takes a teammate that goes out of every group. Groups are locked before the teammate, as every write of a group
    /// does; who joins one meanwhile makes the write start over, so that each group tells of it once.
    /// </summary>
    public static async Task LeaveAllAsync(Write write, string teammateId)
    {
        var before = await write.Db.TeammateGroupMembers
            .Where(row => row.CompanyId == write.CompanyId && row.TeammateId == teammateId).Select(row => row.GroupId).ToListAsync(write.Cancellation);
        var versions = await GroupRows.TouchAsync(write, before);
        if (write.Provider == StorageProvider.Postgres)
        {
            await write.Db.Database.ExecuteSqlRawAsync(
                "SELECT 1 FROM teammates WHERE company_id = {0} AND id = {1} FOR UPDATE", [write.CompanyId, teammateId], write.Cancellation);
        }

        var left = await write.Db.Database.SqlQueryRaw<string>(
            "DELETE FROM teammate_group_members WHERE company_id = {0} AND teammate_id = {1} RETURNING group_id AS \"Value\"",
            write.CompanyId, teammateId).ToListAsync(write.Cancellation);
        if (!versions.Keys.ToHashSet().SetEquals(left))
        {
            throw new WriteRaced();
        }

        foreach (var (group, version) in versions)
        {
            write.Change(write.CompanyId, V1.Change.Types.Kind.GroupMemberRemoved, group, version, teammateId);
        }
    }

    /// <summary>Adds the groups of each teammate, in one look-up.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_FIELD: the page would hold more groups than a reply can.</exception>
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
            JOIN teammate_groups g ON g.company_id = {"{0}"} AND g.id = r.group_id WHERE r.n <= {Most} ORDER BY r.group_id LIMIT {MostInPage + 1}
            """;
        var ids = JsonSerializer.Serialize(teammates.Select(each => each.Id));
        var rows = await db.Database.SqlQueryRaw<Membership>(sql, caller.Company, ids).ToListAsync(cancellation);
        if (rows.Count > MostInPage)
        {
            throw Failures.InvalidField("page_size", $"The teammates of this page are in more than {MostInPage} groups together. Ask for fewer teammates at a time, or leave their groups out.");
        }

        var byTeammate = rows.ToLookup(row => row.TeammateId);
        foreach (var teammate in teammates)
        {
            teammate.Groups.AddRange(byTeammate[teammate.Id].Select(row => new V1.GroupMembership { GroupId = row.GroupId, DisplayName = row.DisplayName }));
        }
    }

    private sealed record Membership(string TeammateId, string GroupId, string DisplayName);
}
