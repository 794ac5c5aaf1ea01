using Provisioning.Access;
using Provisioning.Storage;
using Provisioning.Writing;

namespace Provisioning.Groups;

/// <summary>How the members of a locked group move.</summary>
internal interface IMemberMoves
{
    /// <summary>Moves them, and tells who really moved.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_FIELD, naming one who is no teammate of the company.</exception>
    Task<MovedMembers> CarryOutAsync(Write write);
}

/// <summary>Who moved.</summary>
/// <param name="Added">Who is in the group now and was not.</param>
/// <param name="Removed">Who was in it and is not now.</param>
internal sealed record MovedMembers(IReadOnlyList<string> Added, IReadOnlyList<string> Removed);

/// <summary>
/// Moves any number of members of one group by what is added and removed, each a single statement that never reads the list, all of
/// them in one round trip; and notes who really moved.
/// </summary>
internal sealed class GroupMembership(Dialect dialect, Caller caller, string groupId, DateTimeOffset now) : IMemberMoves
{
    private readonly Dictionary<string, bool> _moved = [];
    private readonly List<Statement> _steps = [];
    private (string Id, int Place)? _missing;

    /// <summary>Lets teammates join.</summary>
    public void Add(IReadOnlyCollection<string> teammates)
    {
        var places = teammates.Index().DistinctBy(each => each.Item).ToDictionary(
            each => each.Item, each => each.Index, StringComparer.Ordinal);
        var ids = Texts(teammates.Distinct());
        _steps.Add(Statement.Each(
            $"""
            SELECT list.value FROM {dialect.Texts("$2")} list
            WHERE NOT EXISTS (SELECT 1 FROM teammates t WHERE t.company_id = $1 AND t.id = list.value) LIMIT 1
            """, row => _missing ??= (row.GetString(0), places.GetValueOrDefault(row.GetString(0))), caller.Company, ids));
        Move(joined: true,
            $"""
            INSERT INTO teammate_group_members (company_id, group_id, teammate_id, join_time)
            SELECT $1, $2, list.value, $4 FROM {dialect.Texts("$3")} list
            WHERE EXISTS (SELECT 1 FROM teammates t WHERE t.company_id = $1 AND t.id = list.value)
            ON CONFLICT DO NOTHING RETURNING teammate_id
            """, caller.Company, groupId, ids, dialect.Time(now));
    }

    /// <summary>Lets teammates leave; who is not in it stays out.</summary>
    public void Remove(IEnumerable<string> teammates) => Delete(dialect.In("teammate_id", "$3"), teammates);

    /// <summary>Lets the members leave who meet a filter on value, display or type.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_FILTER.</exception>
    public void Remove(string filter)
    {
        var sql = new GroupFilter(dialect, caller);
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
        Delete($"teammate_id NOT IN {dialect.Texts("$3")}", teammates);
        Add(teammates);
    }

    public async Task<MovedMembers> CarryOutAsync(Write write)
    {
        if (_steps.Count > 0)
        {
            await write.Own().RunAsync(_steps);
        }

        return _missing is null
            ? new([.. _moved.Where(entry => entry.Value).Select(entry => entry.Key)],
                [.. _moved.Where(entry => !entry.Value).Select(entry => entry.Key)])
            : throw GroupRules.NoTeammate(_missing.Value.Id, _missing.Value.Place);
    }

    private void Delete(string condition, IEnumerable<string> teammates) => Move(joined: false,
        $"DELETE FROM teammate_group_members WHERE company_id = $1 AND group_id = $2 AND {condition} RETURNING teammate_id",
        caller.Company, groupId, Texts(teammates));

    private void Move(bool joined, string sql, params object?[] parameters) =>
        _steps.Add(Statement.Each(sql, row => Note(joined, row.GetString(0)), parameters));

    private object Texts(IEnumerable<string> teammates) => dialect.TextsOf(teammates);

    /// <summary>Who joins and leaves in one write did not move.</summary>
    private void Note(bool joined, string teammate)
    {
        if (!_moved.Remove(teammate))
        {
            _moved.Add(teammate, joined);
        }
    }
}
