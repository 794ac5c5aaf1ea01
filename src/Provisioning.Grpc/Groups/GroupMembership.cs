using System.Text.Json;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Lists;
using Provisioning.Storage;
using Provisioning.V1;

namespace Provisioning.Groups;

/// <summary>
/// Moves the members of one locked group by what is added and removed, each a single statement that never reads the
/// list, and notes who really moved.
/// </summary>
internal sealed class GroupMembership(Write write, string groupId)
{
    private readonly Dictionary<string, bool> _moved = [];

    /// <summary>Who is in it now and was not.</summary>
    public IReadOnlyList<string> Added => [.. _moved.Where(entry => entry.Value).Select(entry => entry.Key)];

    /// <summary>Who was in it and is not now.</summary>
    public IReadOnlyList<string> Removed => [.. _moved.Where(entry => !entry.Value).Select(entry => entry.Key)];

    /// <summary>Lets teammates join.</summary>
    /// <exception cref="Grpc.Core.RpcException">TEAMMATE_NOT_FOUND, naming the first who is no teammate of the company; INVALID_FIELD for a group.</exception>
    public async Task AddAsync(IEnumerable<string> teammates)
    {
        var ids = JsonSerializer.Serialize(teammates.Where(Folding.IsStorable).Distinct());
        await CheckAsync(teammates, ids);
        Note(true, await RunAsync(
            $"""
            INSERT INTO teammate_group_members (company_id, group_id, teammate_id, join_time)
            SELECT $1, $2, list.value, $4 FROM {Sql.Texts(write.Provider, "$3")} list WHERE 1 = 1
            ON CONFLICT DO NOTHING RETURNING teammate_id
            """, write.CompanyId, groupId, ids, Sql.Time(write.Provider, write.Now)));
    }

    /// <summary>Lets teammates leave; who is not in it stays out.</summary>
    public async Task RemoveAsync(IEnumerable<string> teammates) =>
        Note(false, await DeleteAsync($"teammate_id IN {Sql.Texts(write.Provider, "$3")}", JsonSerializer.Serialize(teammates.Where(Folding.IsStorable))));

    /// <summary>Lets the members leave who meet a filter on value, display or type.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_FILTER.</exception>
    public async Task RemoveAsync(Filter filter)
    {
        var sql = new GroupFilter(write.Provider, write.Caller);
        var (company, group) = (sql.Parameter(write.CompanyId), sql.Parameter(groupId));
        Note(false, await RunAsync(
            $"""
            DELETE FROM teammate_group_members WHERE company_id = {company} AND group_id = {group} AND teammate_id IN
            (SELECT m.teammate_id FROM {GroupFilter.Members} WHERE m.company_id = {company} AND m.group_id = {group} AND {sql.OfMembers(filter)})
            RETURNING teammate_id
            """, sql));
    }

    /// <summary>Leaves exactly these members.</summary>
    public async Task ReplaceAsync(IReadOnlyCollection<string> teammates)
    {
        Note(false, await DeleteAsync($"teammate_id NOT IN {Sql.Texts(write.Provider, "$3")}", JsonSerializer.Serialize(teammates.Where(Folding.IsStorable))));
        await AddAsync(teammates);
    }

    private async Task CheckAsync(IEnumerable<string> teammates, string ids)
    {
        var missing = teammates.FirstOrDefault(id => !Folding.IsStorable(id)) ?? (await RunAsync(
            $"""
            SELECT list.value FROM {Sql.Texts(write.Provider, "$2")} list
            WHERE NOT EXISTS (SELECT 1 FROM teammates t WHERE t.company_id = $1 AND t.id = list.value) LIMIT 1
            """, write.CompanyId, ids)).FirstOrDefault();
        if (missing is not null)
        {
            throw missing.StartsWith(ResourceIds.Group + "_", StringComparison.Ordinal)
                ? Failures.InvalidField("members", $"{missing} is a group. Groups within groups are not supported: add its teammates themselves.")
                : Failures.TeammateNotFound(missing);
        }
    }

    private Task<List<string>> DeleteAsync(string condition, string ids) => RunAsync(
        $"DELETE FROM teammate_group_members WHERE company_id = $1 AND group_id = $2 AND {condition} RETURNING teammate_id",
        write.CompanyId, groupId, ids);

    private Task<List<string>> RunAsync(string sql, FilterSql parameters) => RunAsync(sql, parameters.Parameters);

    private async Task<List<string>> RunAsync(string sql, params object?[] parameters)
    {
        var texts = new List<string>();
        await write.RunAsync(Statement.Each(sql, row => texts.Add(row.GetString(0)), parameters));
        return texts;
    }

    /// <summary>Who joins and leaves in one write did not move.</summary>
    private void Note(bool joined, IEnumerable<string> teammates)
    {
        foreach (var id in teammates)
        {
            if (!_moved.Remove(id))
            {
                _moved.Add(id, joined);
            }
        }
    }
}
