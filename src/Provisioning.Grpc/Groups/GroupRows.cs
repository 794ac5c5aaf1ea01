using System.Data.Common;
using System.Text.Json;
using Provisioning.Access;
using Provisioning.Lists;
using Provisioning.Storage;
using Provisioning.Writing;

namespace Provisioning.Groups;

/// <summary>
/// Groups' rows within a write: found and locked, so that writers of one group take turns, and only who was overtaken while it
/// waited starts over (<see cref="Dialect.IsOvertaken"/>).
/// </summary>
internal static class GroupRows
{
    /// <summary>Every column, on the alias `g`.</summary>
    public const string Columns =
        "g.company_id, g.id, g.display_name, g.display_name_folded, g.managed_by, g.version, g.create_time, g.update_time";

    private static readonly Dictionary<string, string> NoIds = [];

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

    /// <summary>
    /// Reads the group whose column has a value, or several by the parameter that holds their values, and keeps other writers from
    /// those that are there until the transaction ends.
    /// </summary>
    public static Statement Lock(Dialect dialect, string company, string column, int count, object values, bool withoutWaiting,
        Action<TeammateGroup> found) => Statement.Each(
        $"SELECT {Columns} FROM teammate_groups g WHERE g.company_id = $1 AND "
            + $"{Which(dialect, column, count)}{(withoutWaiting ? dialect.ForUpdateIfFree : dialect.ForUpdate)}",
        row => found(Read(row)), company, values);

    /// <summary>
    /// Reads of those groups whether a later transaction has written them, what the connection is called that manages them, and from
    /// each connection's id the one by which it knows them. A statement of its own behind the lock: one that waits for a row sees
    /// everything else as it was before.
    /// </summary>
    public static Statement BehindLock(
        Dialect dialect, string company, string column, int count, object values,
            Action<string, bool, string?, IReadOnlyDictionary<string, string>> found) => Statement.Each(
        $"""
        SELECT g.{column}, {dialect.IsOvertaken("g")},
         (SELECT c.name FROM connections c WHERE c.company_id = g.company_id AND c.id = g.managed_by),
          (SELECT {dialect.JsonObject("x.connection_id", "x.value")}
        FROM teammate_group_external_ids x WHERE x.company_id = g.company_id AND x.group_id = g.id)
        FROM teammate_groups g WHERE g.company_id = $1 AND {Which(dialect, column, count)}
        """, row => found(row.GetString(0), row.GetBoolean(1), row.TextOrNull(2), row.TextOrNull(3) is { } ids
            ? JsonSerializer.Deserialize<Dictionary<string, string>>(ids)! : NoIds), company, values);

    public static Statement Insert(Dialect dialect, TeammateGroup row) => new(
        """
        INSERT INTO teammate_groups (company_id, id, display_name, display_name_folded, managed_by, version, create_time, update_time)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        row.CompanyId, row.Id, row.DisplayName, row.DisplayNameFolded, row.ManagedBy, row.Version, dialect.Time(row.CreateTime),
            dialect.Time(row.UpdateTime));

    /// <summary>Updates rows that are locked.</summary>
    public static readonly OnEngines<RowEdits<TeammateGroup>> Update =
        new(dialect => RowEdits<TeammateGroup>.Update(dialect, "teammate_groups",
        [new("company_id", "text", row => row.CompanyId), new("id", "text", row => row.Id)],
        [
            new("display_name", "text", row => row.DisplayName),
            new("display_name_folded", "text", row => row.DisplayNameFolded),
            new("managed_by", "text", row => row.ManagedBy),
            new("version", "bigint", row => row.Version),
            new("update_time", "timestamptz", row => dialect.Time(row.UpdateTime)),
        ]));

    public static Statement Delete(TeammateGroup row) =>
        new("DELETE FROM teammate_groups WHERE company_id = $1 AND id = $2", row.CompanyId, row.Id);

    /// <summary>Sets or, with an empty text, removes the id by which a connection knows a group.</summary>
    public static Statement SetExternalId(TeammateGroup row, string connectionId, string externalId) => externalId.Length == 0
        ? new("DELETE FROM teammate_group_external_ids WHERE company_id = $1 AND group_id = $2 AND connection_id = $3", row.CompanyId,
            row.Id, connectionId)
        : new(
            """
            INSERT INTO teammate_group_external_ids (company_id, group_id, connection_id, value, key) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (company_id, group_id, connection_id) DO UPDATE SET value = excluded.value, key = excluded.key
            """,
            row.CompanyId, row.Id, connectionId, externalId, IndexKeys.Of(externalId));

    /// <summary>Locks those of the groups that no provider manages, and gives their ids.</summary>
    public static Task<IReadOnlyList<string>> LockUnmanagedAsync(OwnWrite write, IReadOnlyCollection<string> ids) =>
        LockAsync(write, ids, " AND managed_by IS NULL");

    /// <summary>Locks those of the groups that are there, in the order of their ids, and gives these.</summary>
    /// <exception cref="WriteRaced">A later transaction has written one meanwhile, and the feed would tell of its version first; not where
    /// that goes on.</exception>
    public static async Task<IReadOnlyList<string>> LockAsync(OwnWrite write, IReadOnlyCollection<string> ids, string condition = "")
    {
        var (found, which, isOvertaken) = (new List<string>(), write.Dialect.TextsOf(ids), false);
        await write.RunAsync(
            Statement.Each(
                $"SELECT id FROM teammate_groups WHERE company_id = $1 AND {write.Dialect.In("id", "$2")}{condition} ORDER BY "
                    + $"id{write.Dialect.ForUpdate}",
                row => found.Add(row.GetString(0)), write.CompanyId, which),
            Statement.One(
                $"SELECT 1 FROM teammate_groups g WHERE company_id = $1 AND {write.Dialect.In("id", "$2")}{condition} AND "
                    + $"{write.Dialect.IsOvertaken("g")} LIMIT 1",
                _ => isOvertaken = true, write.CompanyId, which));
        return isOvertaken && write.MayStartOver ? throw new WriteRaced() : found;
    }

    /// <summary>
    /// Locks the groups that a teammate is in before anything else: nobody who waits with its number taken can be overtaken here by
    /// the many who write one group.
    /// </summary>
    public static Statement LockOf(Dialect dialect, Caller caller, string teammateId) => Statement.Each(
        $"""
        SELECT g.id FROM teammate_groups g WHERE g.company_id = $1
        AND g.id IN (SELECT group_id FROM teammate_group_members WHERE company_id = $1 AND teammate_id = $2)
            ORDER BY g.id{dialect.ForUpdate}
        """, _ => { }, caller.Company, teammateId);

    /// <summary>Counts a new version of groups that are locked, whose members moved, and gives the versions.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> TouchAsync(OwnWrite write, IReadOnlyCollection<string> ids)
    {
        var versions = new Dictionary<string, long>();
        if (ids.Count == 0)
        {
            return versions;
        }

        await write.RunAsync(Statement.Each(
            $"""
            UPDATE teammate_groups SET version = version + 1, update_time = {write.Dialect.After("update_time", "$3")}
            WHERE company_id = $1 AND {write.Dialect.In("id", "$2")}
            RETURNING id, version
            """,
            row => versions.Add(row.GetString(0), row.GetInt64(1)), write.CompanyId, write.Dialect.TextsOf(ids),
                write.Dialect.Time(write.Now)));
        return versions;
    }

    private static string Which(Dialect dialect, string column, int count) =>
        count == 1 ? $"g.{column} = $2" : dialect.In($"g.{column}", "$2");
}
