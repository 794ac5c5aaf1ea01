using Google.Protobuf.WellKnownTypes;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Groups;
using Provisioning.Storage;
using Provisioning.V1;
using Provisioning.Writing;
using Kind = Provisioning.V1.Change.Types.Kind;
using Reason = Provisioning.V1.TemplateAssignment.Types.Reason;

namespace Provisioning.Templates;

/// <summary>What giving a template came to.</summary>
/// <param name="Warnings">What was not done.</param>
/// <param name="Moves">What moves the teammate between groups, to be run once its row is there.</param>
internal sealed record TemplateAssigned(IReadOnlyList<Warning> Warnings, IReadOnlyList<Statement> Moves)
{
    /// <summary>Nothing was given, for a reason.</summary>
    public static TemplateAssigned Nothing(params Warning.Types.Code[] codes) => new([.. codes.Select(Contract.Warnings.Of)], []);
}

/// <summary>
/// Picks the template that a new teammate's roles call for: that of the first role value that is a template's id or, in any letter
/// case, its name. Nothing that fails to match fails the create: it comes back as a warning.
/// </summary>
/// <param name="candidates">What may name a template, as <see cref="Roles.Candidates"/> gives it.</param>
internal sealed class TemplateChoice(IReadOnlyList<string> candidates) : IPreload
{
    private readonly IReadOnlyList<string> _candidates = candidates;
    private IReadOnlyList<TeammateTemplate> _found = [];

    public PreloadOrder Order => PreloadOrder.Templates;

    /// <summary>Reads all templates that any of several new teammates may call for.</summary>
    public IEnumerable<Statement> Read(PreloadContext context, IReadOnlyList<IPreload> all)
    {
        var (dialect, caller, choices) = (context.Dialect, context.Caller, all.Cast<TemplateChoice>().ToList());
        var found = new List<TeammateTemplate>();
        foreach (var choice in choices)
        {
            choice._found = found;
        }

        var candidates = choices.SelectMany(choice => choice._candidates).Distinct().ToList();
        return candidates.Count == 0 ? [] :
        [
            Statement.Each(
                $"""
                SELECT id, name, name_folded, contents, version, create_time, update_time FROM teammate_templates
                WHERE company_id = $1 AND ({dialect.In("id", "$2")} OR {dialect.In("name_folded", "$3")})
                """,
                row => found.Add(new()
                {
                    CompanyId = caller.Company,
                    Id = row.GetString(0),
                    Name = row.GetString(1),
                    NameFolded = row.GetString(2),
                    Contents = row.GetString(3),
                    Version = row.GetInt64(4),
                    CreateTime = row.Time(5),
                    UpdateTime = row.Time(6),
                }),
                caller.Company, dialect.TextsOf(candidates), dialect.TextsOf(candidates.Select(Folding.Fold).Distinct())),
        ];
    }

    /// <summary>
    /// Locks the groups of every template that some choices found, in the order of their ids: two batches that took them one after
    /// the other, as their teammates come, would wait for each other.
    /// </summary>
    public static async Task LockGroupsAsync(OwnWrite write, IReadOnlyList<TemplateChoice> choices)
    {
        var groups = choices.SelectMany(choice => choice._found).Select(template => template.Contents).Distinct().SelectMany(GroupsOf)
            .Distinct().ToList();
        if (groups.Count > 0)
        {
            _ = await GroupRows.LockUnmanagedAsync(write, groups);
        }
    }

    /// <summary>Gives the new teammate its template.</summary>
    public async Task<TemplateAssigned> ApplyAsync(Write write, ITemplated teammate)
    {
        if (_candidates.Count == 0)
        {
            return TemplateAssigned.Nothing();
        }

        if (!write.Company.TemplatesFeature)
        {
            return TemplateAssigned.Nothing(Warning.Types.Code.TemplatesNotEnabled);
        }

        foreach (var candidate in _candidates)
        {
            if (_found.FirstOrDefault(row => row.Id == candidate) is { } byId)
            {
                return await AssignAsync(write, teammate, byId, Reason.RoleIsTemplateId, candidate);
            }

            if (_found.FirstOrDefault(row => row.NameFolded == Folding.Fold(candidate)) is { } byName)
            {
                return await AssignAsync(write, teammate, byName, Reason.RoleIsTemplateName, candidate);
            }
        }

        return TemplateAssigned.Nothing(Warning.Types.Code.NoTemplateMatched);
    }

    /// <summary>Copies a template's present contents as the teammate's grant, in place of what an earlier one gave.</summary>
    public static async Task<TemplateAssigned> AssignAsync(
        Write write, ITemplated teammate, TeammateTemplate template, Reason reason, string matchedRole)
    {
        var before = GroupsOf(teammate.Grant);
        teammate.TemplateId = template.Id;
        teammate.Grant = template.Contents;
        teammate.Assignment = StoredTemplates.Store(new TemplateAssignment
        {
            TemplateId = template.Id,
            TemplateName = template.Name,
            TemplateVersion = template.Version,
            Reason = reason,
            MatchedRole = matchedRole,
            AssignTime = write.Now.ToTimestamp(),
        });
        return await MoveAsync(write, teammate, before, GroupsOf(template.Contents));
    }

    /// <summary>Moves the teammate from one template's groups to the other's, where people manage them.</summary>
    private static async Task<TemplateAssigned> MoveAsync(
        Write shared, ITemplated teammate, IReadOnlyCollection<string> before, IReadOnlyCollection<string> after)
    {
        var (leaves, joins) = (before.Except(after).ToArray(), after.Except(before).ToArray());
        if (leaves.Length == 0 && joins.Length == 0)
        {
            return TemplateAssigned.Nothing();
        }

        var write = shared.Own();
        var open = await GroupRows.LockUnmanagedAsync(write, [.. leaves, .. joins]);
        var present = new List<string>();
        await write.RunAsync(Statement.Each(
            "SELECT group_id FROM teammate_group_members WHERE company_id = $1 AND teammate_id = $2 AND "
                + $"{write.Dialect.In("group_id", "$3")}",
            row => present.Add(row.GetString(0)), write.CompanyId, teammate.Id, write.Dialect.TextsOf(open)));
        string[] left = [.. present.Intersect(leaves)], joined = [.. open.Intersect(joins).Except(present)];
        foreach (var (group, version) in await GroupRows.TouchAsync(write, [.. joined, .. left]))
        {
            write.Change(
                write.CompanyId, joined.Contains(group) ? Kind.GroupMemberAdded : Kind.GroupMemberRemoved, group, version, teammate.Id);
        }

        return new(joins.Except(open).Any() ? [Warnings.Of(Warning.Types.Code.GroupSkipped)] : [],
        [
            new(
                "DELETE FROM teammate_group_members WHERE company_id = $1 AND teammate_id = $2 AND "
                    + $"{write.Dialect.In("group_id", "$3")}",
                write.CompanyId, teammate.Id, write.Dialect.TextsOf(left)),
            new(
                $"""
                INSERT INTO teammate_group_members (company_id, group_id, teammate_id, join_time)
                SELECT $1, x.value, $2, $4 FROM {write.Dialect.Texts("$3")} x
                """,
                write.CompanyId, teammate.Id, write.Dialect.TextsOf(joined), write.Dialect.Time(write.Now)),
        ]);
    }

    private static IReadOnlyCollection<string> GroupsOf(string? contents) =>
        contents is null ? [] : [.. StoredTemplates.Contents(contents).TeammateGroupIds];
}
