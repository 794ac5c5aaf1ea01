using Provisioning.Filtering;
using Provisioning.Storage;
using Provisioning.V1;
using Provisioning.Writing;
using Step = Provisioning.V1.GroupStep.KindOneofCase;

namespace Provisioning.Groups;

/// <summary>
/// Moves few members of one group, as a provider does that follows its own: behind the group's lock it reads who of those named is a
/// member, which no other writer changes then, and leaves what follows to the write's end. So it can share its transaction.
/// </summary>
internal sealed class FewMembers : IMemberMoves, IPreload
{
    private const int Most = 200;

    private static readonly Column<TeammateGroupMember>[] Keys =
        [new("company_id", "text", row => row.CompanyId), new("group_id", "text", row => row.GroupId),
            new("teammate_id", "text", row => row.TeammateId)];

    private static readonly OnEngines<Rows<TeammateGroupMember>> Joining = new(dialect => new(dialect, "teammate_group_members",
        [.. Keys, new("join_time", "timestamptz", row => dialect.Time(row.JoinTime))]));

    private static readonly OnEngines<RowEdits<TeammateGroupMember>> Leaving =
        new(dialect => RowEdits<TeammateGroupMember>.Delete(dialect, "teammate_group_members", Keys));

    private readonly string _groupId;
    private readonly IReadOnlyList<(string Teammate, bool Joins, int Place)> _steps;
    private readonly HashSet<string> _teammates = new(StringComparer.Ordinal), _members = new(StringComparer.Ordinal);

    private FewMembers(string groupId, IReadOnlyList<(string Teammate, bool Joins, int Place)> steps) =>
        (_groupId, _steps) = (groupId, steps);

    /// <summary>The moves that steps ask for; null where they may move many.</summary>
    public static FewMembers? Of(string groupId, IEnumerable<GroupStep> steps)
    {
        var moves = new List<(string Teammate, bool Joins, int Place)>();
        foreach (var step in steps)
        {
            if (step.KindCase is Step.ReplaceMembers or Step.RemoveMatching)
            {
                return null;
            }

            moves.AddRange((step.AddMembers
                ?? step.RemoveMembers)?.TeammateIds_.Select((id, place) => (id, step.KindCase == Step.AddMembers, place)) ?? []);
            if (moves.Count > Most)
            {
                return null;
            }
        }

        return new(groupId, moves);
    }

    public PreloadOrder Order => PreloadOrder.Members;

    public IEnumerable<Statement> Read(PreloadContext context, IReadOnlyList<IPreload> preloads)
    {
        var (dialect, caller, all) = (context.Dialect, context.Caller, preloads.Cast<FewMembers>().ToList());
        var byGroup = all.ToDictionary(each => each._groupId, StringComparer.Ordinal);
        var pairs = new List<(string Group, string Teammate)>();
        foreach (var each in all)
        {
            each._teammates.Clear();
            each._members.Clear();
            foreach (var teammate in each._steps.Select(step => step.Teammate).Where(id => Folding.IsStorable(each._groupId + id))
                .Distinct(StringComparer.Ordinal))
            {
                pairs.Add((each._groupId, teammate));
            }
        }

        // Scalar queries: each pair is looked up by the two indexes, whatever the tables were like when the plan was made.
        var (asked, parameters) = dialect.Pairs(pairs, first: 2);
        return pairs.Count == 0 ? [] :
        [
            Statement.Each(
                $"""
                SELECT x.a, x.b, (SELECT 1 FROM teammates t WHERE t.company_id = $1 AND t.id = x.b),
                (SELECT 1 FROM teammate_group_members m WHERE m.company_id = $1 AND m.group_id = x.a AND m.teammate_id = x.b) FROM {asked} x
                """,
                row => byGroup[row.GetString(0)].Found(row.GetString(1), isTeammate: !row.IsDBNull(2), isMember: !row.IsDBNull(3)),
                [caller.Company, .. parameters]),
        ];
    }

    public Task<MovedMembers> CarryOutAsync(Write write)
    {
        if (_steps.FirstOrDefault(step => step.Joins && !_teammates.Contains(step.Teammate)) is { Teammate: { } missing, Place: var place })
        {
            throw GroupRules.NoTeammate(missing, place);
        }

        // Whom several steps name is in it or not by the last of them.
        var wanted = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var (teammate, joins, _) in _steps)
        {
            wanted[teammate] = joins;
        }

        var moved = new MovedMembers(
            [.. wanted.Where(each => each.Value && !_members.Contains(each.Key)).Select(each => each.Key)],
            [.. wanted.Where(each => !each.Value && _members.Contains(each.Key)).Select(each => each.Key)]);
        foreach (var teammate in moved.Removed)
        {
            write.Edit(Leaving.On(write.Dialect), RowOf(write, teammate));
        }

        foreach (var teammate in moved.Added)
        {
            write.Insert(Joining.On(write.Dialect), RowOf(write, teammate));
        }

        return Task.FromResult(moved);
    }

    private void Found(string teammate, bool isTeammate, bool isMember)
    {
        if (isTeammate)
        {
            _teammates.Add(teammate);
        }

        if (isMember)
        {
            _members.Add(teammate);
        }
    }

    private TeammateGroupMember RowOf(Write write, string teammate) =>
        new() { CompanyId = write.CompanyId, GroupId = _groupId, TeammateId = teammate, JoinTime = write.Now };
}
