using Provisioning.Access;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Storage;
using Provisioning.V1;

namespace Provisioning.Groups;

/// <summary>
/// Moves the members of one group by what is added and removed, each a single statement that never reads the list, all of them in
/// one round trip behind the group's lock; and notes who really moved. Where there is no such group, nobody moves.
/// </summary>
internal sealed class GroupMembership(StorageProvider provider, Caller caller, string groupId, DateTimeOffset now)
{
    private readonly Dictionary<string, bool> _moved = [];
    private readonly List<Statement> _steps = [];
    private string? _missing;

    /// <summary>Who is in it now and was not.</summary>
    public IReadOnlyList<string> Added => [.. _moved.Where(entry => entry.Value).Select(entry => entry.Key)];

    /// <summary>Who was in it and is not now.</summary>
    public IReadOnlyList<string> Removed => [.. _moved.Where(entry => !entry.Value).Select(entry => entry.Key)];

    /// <summary>Lets teammates join.</summary>
    public void Add(IReadOnlyCollection<string> teammates)
    {
        _missing ??= teammates.FirstOrDefault(id => !Folding.IsStorable(id));
        var ids = Texts(teammates.Distinct());
        _steps.Add(Statement.Each(
            $"""
            SELECT list.value FROM {Sql.Texts(provider, "$2")} list
            WHERE NOT EXISTS (SELECT 1 FROM teammates t WHERE t.company_id = $1 AND t.id = list.value) LIMIT 1
            """, row => _missing ??= row.GetString(0), caller.Company, ids));
        Move(joined: true,
            $"""
            INSERT INTO teammate_group_members (company_id, group_id, teammate_id, join_time)
            SELECT $1, $2, list.value, $4 FROM {Sql.Texts(provider, "$3")} list
            WHERE EXISTS (SELECT 1 FROM teammates t WHERE t.company_id = $1 AND t.id = list.value) AND EXISTS (SELECT 1 FROM teammate_groups g WHERE g.company_id = $1 AND g.id = $2)
            ON CONFLICT DO NOTHING RETURNING teammate_id
            """, caller.Company, groupId, ids, Sql.Time(provider, now));
    }

    /// <summary>Lets teammates leave; who is not in it stays out.</summary>
    public void Remove(IEnumerable<string> teammates) => Delete(Sql.In(provider, "teammate_id", "$3"), teammates);

    /// <summary>Lets the members leave who meet a filter on value, display or type.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_FILTER.</exception>
    public void Remove(Filter filter)
    {
        var sql = new GroupFilter(provider, caller);
        var (company, group) = (sql.Parameter(caller.Company), sql.Parameter(groupId));
        var condition = sql.OfMembers(filter);
        Move(joined: false,
            $"""
            DELETE FROM teammate_group_members WHERE company_id = {company} AND group_id = {group} AND teammate_id IN
            (SELECT m.teammate_id FROM {GroupFilter.Members} WHERE m.company_id = {company} AND m.group_id = {group} AND {condition})
            RETURNING teammate_id
            """, sql.Parameters);
    }

    /// <summary>Leaves exactly these members.</summary>
    public void Replace(IReadOnlyCollection<string> teammates)
    {
        Delete($"teammate_id NOT IN {Sql.Texts(provider, "$3")}", teammates);
        Add(teammates);
    }

    /// <summary>The statements that carry the moves out, each once.</summary>
    public IReadOnlyList<Statement> HandOut()
    {
        var steps = _steps.ToArray();
        _steps.Clear();
        return steps;
    }

    /// <summary>Refuses what turned out not to be possible, once the moves are carried out.</summary>
    /// <exception cref="Grpc.Core.RpcException">TEAMMATE_NOT_FOUND, naming the first who is no teammate of the company; INVALID_FIELD for a group.</exception>
    public void Check()
    {
        if (_missing is not null)
        {
            throw _missing.StartsWith(ResourceIds.Group + "_", StringComparison.Ordinal)
                ? Failures.InvalidField("members", $"{_missing} is a group. Groups within groups are not supported: add its teammates themselves.")
                : Failures.TeammateNotFound(_missing);
        }
    }

    private void Delete(string condition, IEnumerable<string> teammates) => Move(joined: false,
        $"DELETE FROM teammate_group_members WHERE company_id = $1 AND group_id = $2 AND {condition} RETURNING teammate_id",
        caller.Company, groupId, Texts(teammates));

    private void Move(bool joined, string sql, params object?[] parameters) =>
        _steps.Add(Statement.Each(sql, row => Note(joined, row.GetString(0)), parameters));

    private object Texts(IEnumerable<string> teammates) => Sql.TextsOf(provider, teammates.Where(Folding.IsStorable));

    /// <summary>Who joins and leaves in one write did not move.</summary>
    private void Note(bool joined, string teammate)
    {
        if (!_moved.Remove(teammate))
        {
            _moved.Add(teammate, joined);
        }
    }
}
