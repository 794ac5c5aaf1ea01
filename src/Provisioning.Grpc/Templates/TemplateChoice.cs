using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Provisioning.Filtering;
using Provisioning.Groups;
using Provisioning.Storage;
using Provisioning.Teammates;
using Provisioning.V1;
using Kind = Provisioning.V1.Change.Types.Kind;
using Reason = Provisioning.V1.TemplateAssignment.Types.Reason;
using Teammate = Provisioning.Teammates.Teammate;

namespace Provisioning.Templates;

/// <summary>Picks the template that a new teammate's roles call for, and gives teammates what templates hold.</summary>
internal static class TemplateChoice
{
    /// <summary>
    /// Gives a new teammate the template of its first role value that is a template's id or, in any letter case, its
    /// name. Nothing that fails to match fails the create: it comes back as a warning.
    /// </summary>
    public static async Task<IReadOnlyList<Warning>> ApplyByRolesAsync(Write write, Teammate teammate, string rolesJson)
    {
        var candidates = Roles.Candidates(rolesJson);
        if (candidates.Count == 0)
        {
            return [];
        }

        if (!write.Company.TemplatesFeature)
        {
            return [Warnings.Of(Warning.Types.Code.TemplatesNotEnabled)];
        }

        var names = candidates.Select(Folding.Fold).Distinct().ToArray();
        var found = await write.Db.TeammateTemplates.AsNoTracking()
            .Where(row => row.CompanyId == write.CompanyId && (candidates.Contains(row.Id) || names.Contains(row.NameFolded)))
            .ToListAsync(write.Cancellation);
        foreach (var candidate in candidates)
        {
            if (found.Find(row => row.Id == candidate) is { } byId)
            {
                return await AssignAsync(write, teammate, byId, Reason.RoleIsTemplateId, candidate);
            }

            if (found.Find(row => row.NameFolded == Folding.Fold(candidate)) is { } byName)
            {
                return await AssignAsync(write, teammate, byName, Reason.RoleIsTemplateName, candidate);
            }
        }

        return [Warnings.Of(Warning.Types.Code.NoTemplateMatched)];
    }

    /// <summary>Copies a template's present contents as the teammate's grant, in place of what an earlier one gave.</summary>
    public static async Task<IReadOnlyList<Warning>> AssignAsync(
        Write write, Teammate teammate, TeammateTemplate template, Reason reason, string matchedRole)
    {
        var before = GroupsOf(teammate.Grant);
        teammate.TemplateId = template.Id;
        teammate.Grant = template.Contents;
        teammate.Assignment = new TemplateAssignment
        {
            TemplateId = template.Id,
            TemplateName = template.Name,
            TemplateVersion = template.Version,
            Reason = reason,
            MatchedRole = matchedRole,
            AssignTime = write.Now.ToTimestamp(),
        }.ToStored();
        var skipped = await MoveMembershipsAsync(write, teammate, before, GroupsOf(template.Contents));
        return skipped ? [Warnings.Of(Warning.Types.Code.GroupSkipped)] : [];
    }

    /// <summary>Moves the teammate from one template's groups to the other's, where people manage them; true if one was left out.</summary>
    private static async Task<bool> MoveMembershipsAsync(Write write, Teammate teammate, IReadOnlyCollection<string> before, IReadOnlyCollection<string> after)
    {
        var (leaves, joins) = (before.Except(after).ToArray(), after.Except(before).ToArray());
        if (leaves.Length == 0 && joins.Length == 0)
        {
            return false;
        }

        var open = await GroupRows.LockUnmanagedAsync(write, [.. leaves, .. joins]);
        var present = await write.Db.TeammateGroupMembers
            .Where(row => row.CompanyId == write.CompanyId && row.TeammateId == teammate.Id && open.Contains(row.GroupId))
            .ToListAsync(write.Cancellation);
        var left = present.Where(member => leaves.Contains(member.GroupId)).ToList();
        var joined = open.Intersect(joins).Except(present.Select(member => member.GroupId)).ToList();
        write.Db.RemoveRange(left);
        foreach (var group in joined)
        {
            write.Db.Add(new Groups.TeammateGroupMember { CompanyId = write.CompanyId, GroupId = group, TeammateId = teammate.Id, JoinTime = write.Now });
        }

        foreach (var (group, version) in await GroupRows.TouchAsync(write, [.. joined, .. left.Select(member => member.GroupId)]))
        {
            write.Change(write.CompanyId, joined.Contains(group) ? Kind.GroupMemberAdded : Kind.GroupMemberRemoved, group, version, teammate.Id);
        }

        return joins.Except(open).Any();
    }

    private static IReadOnlyCollection<string> GroupsOf(string? contents) =>
        contents is null ? [] : [.. TemplateContents.Parser.ParseJson(contents).TeammateGroupIds];
}
