using System.Data.Common;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Storage;

namespace Provisioning.Groups;

/// <summary>Groups' rows within a write: found and locked, so that writers of one group take turns and none starts over.</summary>
internal static class GroupRows
{
    /// <summary>Every column, on the alias `g`.</summary>
    public const string Columns = "g.company_id, g.id, g.display_name, g.display_name_folded, g.managed_by, g.version, g.create_time, g.update_time";

    private const string One = "1 millisecond";

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static TeammateGroup Read(DbDataReader reader) => new()
    {
        CompanyId = reader.GetString(0),
        Id = reader.GetString(1),
        DisplayName = reader.GetString(2),
        DisplayNameFolded = reader.GetString(3),
        ManagedBy = reader.TextOrNull(4),
        Version = reader.GetInt64(5),
        CreateTime = reader.Time(6),
        UpdateTime = reader.Time(7),
    };

    /// <summary>A group of the write's company, locked and to be changed.</summary>
    /// <exception cref="Grpc.Core.RpcException">GROUP_NOT_FOUND, also for another company's id.</exception>
    public static async Task<TeammateGroup> FindAsync(Write write, string id) =>
        Folding.IsStorable(id) && await FindAsync(write, "id", id) is { } group ? group : throw Failures.GroupNotFound(id);

    /// <summary>The group that has a name, locked and to be changed; null when there is none.</summary>
    public static Task<TeammateGroup?> FindByNameAsync(Write write, string name) => FindAsync(write, "display_name_folded", Folding.Fold(name));

    /// <summary>Locks those of the groups that no provider manages, and gives their ids.</summary>
    public static async Task<IReadOnlyList<string>> LockUnmanagedAsync(Write write, IReadOnlyCollection<string> ids)
    {
        var sql = $"SELECT id AS \"Value\" FROM teammate_groups WHERE company_id = {{0}} AND managed_by IS NULL AND id IN {Sql.Texts(write.Provider, "{1}")} ORDER BY id{Sql.ForUpdate(write.Provider)}";
        return await write.Db.Database.SqlQueryRaw<string>(sql, write.CompanyId, JsonSerializer.Serialize(ids)).ToListAsync(write.Cancellation);
    }

    /// <summary>Counts a new version of groups whose members moved, and gives the versions.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> TouchAsync(Write write, IReadOnlyCollection<string> ids)
    {
        if (ids.Count == 0)
        {
            return new Dictionary<string, long>();
        }

        var list = Sql.Texts(write.Provider, "{1}");
        var later = write.Provider == StorageProvider.Postgres ? $"GREATEST({{2}}, update_time + interval '{One}')" : "MAX({2}, update_time + 1000)";
        var sql =
            $"""
            UPDATE teammate_groups SET version = version + 1, update_time = {later}
            WHERE company_id = {"{0}"} AND id IN (SELECT id FROM teammate_groups WHERE company_id = {"{0}"} AND id IN {list} ORDER BY id{Sql.ForUpdate(write.Provider)})
            RETURNING id AS "Id", version AS "Version"
            """;
        var rows = await write.Db.Database.SqlQueryRaw<Touched>(
            sql, write.CompanyId, JsonSerializer.Serialize(ids), Sql.Time(write.Provider, write.Now)).ToListAsync(write.Cancellation);
        return rows.ToDictionary(row => row.Id, row => row.Version);
    }

    private static async Task<TeammateGroup?> FindAsync(Write write, string column, string value)
    {
        var sql = $"SELECT * FROM teammate_groups WHERE company_id = {{0}} AND {column} = {{1}}{Sql.ForUpdate(write.Provider)}";
        return (await write.Db.TeammateGroups.FromSqlRaw(sql, write.CompanyId, value).ToListAsync(write.Cancellation)).SingleOrDefault();
    }

    private sealed record Touched(string Id, long Version);
}
