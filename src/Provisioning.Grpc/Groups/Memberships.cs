using Provisioning.Storage;
using Provisioning.Writing;

namespace Provisioning.Groups;

/// <summary>The groups that a teammate is in, as its own writes move them.</summary>
internal static class Memberships
{
    /// <summary>
    /// Takes a teammate that goes, and is locked, out of every group. Who joins one meanwhile makes the write start over, so that
    /// each group tells of it once.
    /// </summary>
    public static async Task LeaveAllAsync(OwnWrite write, string teammateId)
    {
        List<string> before = [], left = [];
        await write.RunAsync(Statement.Each("SELECT group_id FROM teammate_group_members WHERE company_id = $1 AND teammate_id = $2",
            row => before.Add(row.GetString(0)), write.CompanyId, teammateId));
        var versions = await GroupRows.TouchAsync(write, before.Count == 0 ? [] : await GroupRows.LockAsync(write, before));
        await write.RunAsync(
        [
            // Stronger than the lock it has: nobody joins a group as this teammate any more.
            .. write.Dialect.LockToDelete("teammates WHERE company_id = $1 AND id = $2", write.CompanyId, teammateId),
            Statement.Each("DELETE FROM teammate_group_members WHERE company_id = $1 AND teammate_id = $2 RETURNING group_id",
                row => left.Add(row.GetString(0)), write.CompanyId, teammateId),
        ]);
        if (!versions.Keys.ToHashSet().SetEquals(left))
        {
            throw new WriteRaced();
        }

        foreach (var (group, version) in versions)
        {
            write.Change(write.CompanyId, V1.Change.Types.Kind.GroupMemberRemoved, group, version, teammateId);
        }
    }
}
