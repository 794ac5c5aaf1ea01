using System.Data.Common;
using System.Text.Json;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Storage;
using Provisioning.Writing;

namespace Provisioning.Teammates;

/// <summary>Reads teammates' rows as fast as they come.</summary>
internal static class TeammateRows
{
    /// <summary>Every column but the search document, which no teammate shows, on the alias `t`.</summary>
    public const string Columns =
        "t.company_id, t.id, t.user_name, t.user_name_folded, t.state, t.profile, t.external_ids, t.company_admin, t.template_id, "
            + "t.assignment, t.\"grant\", t.version, t.create_time, t.update_time, t.block_time";

    /// <summary>The same columns with what the SCIM form does not show left empty, which is most of a row's size.</summary>
    private const string ScimColumns =
        "'', t.id, '', '', t.state, t.profile, t.external_ids, t.company_admin, NULL, NULL, NULL, t.version, t.create_time, "
            + "t.update_time, t.block_time";

    /// <summary>Where the groups are, behind the columns.</summary>
    private const int GroupsColumn = 15;

    /// <summary>How many of a teammate's groups are shown.</summary>
    private const int MostGroups = 500;

    private static readonly Column<Teammate>[] Keys = [new("company_id", "text", row => row.CompanyId), new("id", "text", row => row.Id)];

    /// <summary>What a block or unblock changes.</summary>
    private static readonly OnEngines<Column<Teammate>[]> State = new(dialect =>
    [
        new("state", "int", row => (int)row.State),
        new("version", "bigint", row => row.Version),
        new("update_time", "timestamptz", row => dialect.Time(row.UpdateTime)),
        new("block_time", "timestamptz", row => dialect.TimeOrNull(row.BlockTime)),
    ]);

    /// <summary>What stands beside the profile.</summary>
    private static readonly Column<Teammate>[] Beside =
    [
        new("company_admin", "boolean", row => row.CompanyAdmin),
        new("template_id", "text", row => row.TemplateId),
        new("assignment", "text", row => row.Assignment),
        new("\"grant\"", "text", row => row.Grant),
    ];

    /// <summary>The profile, and what follows from it.</summary>
    private static readonly Column<Teammate>[] Content =
    [
        new("user_name", "text", row => row.UserName),
        new("user_name_folded", "text", row => row.UserNameFolded),
        new("profile", "text", row => row.Profile),
        new("search", "jsonb", row => row.Search),
        new("external_ids", "text", row => row.ExternalIds),
    ];

    /// <summary>The rows as they are inserted. Two writers who give the same user names, each several, meet at the first of them.</summary>
    public static readonly OnEngines<Rows<Teammate>> Rows = new(dialect => new(dialect, "teammates",
    [
        .. Keys, .. State.On(dialect), .. Beside, .. Content, new("create_time", "timestamptz", row => dialect.Time(row.CreateTime)),
    ])
    {
        Order = row => row.UserNameFolded,
    });

    /// <summary>Updates the state alone of rows that <see cref="Lock"/> read.</summary>
    public static readonly OnEngines<RowEdits<Teammate>> UpdateState = new(dialect =>
        RowEdits<Teammate>.Update(dialect, "teammates", Keys, State.On(dialect)));

    /// <summary>Removes rows that <see cref="Lock"/> read.</summary>
    public static readonly OnEngines<RowEdits<Teammate>> Delete = new(dialect => RowEdits<Teammate>.Delete(dialect, "teammates", Keys));

    private static readonly OnEngines<RowEdits<Teammate>>
        UpdateBeside = new(dialect => RowEdits<Teammate>.Update(dialect, "teammates", Keys, [.. State.On(dialect), .. Beside])),
        UpdateAll = new(dialect => RowEdits<Teammate>.Update(dialect, "teammates", Keys, [.. State.On(dialect), .. Beside, .. Content]));

    /// <summary>What a read shows, and behind it the teammate's groups if they are shown; $1 is the company.</summary>
    /// <param name="dialect">The engine's dialect.</param>
    /// <param name="form">The form.</param>
    /// <param name="view">The view.</param>
    /// <param name="after">
    /// For a list, an expression for an id that all its teammates come after: who comes before the next one who is in any group is not
    /// looked up, which is every one where a company has no groups.
    /// </param>
    public static string ColumnsOf(Dialect dialect, V1.TeammateForm form, V1.TeammateView view, string? after = null)
    {
        var columns = form == V1.TeammateForm.Scim ? ScimColumns : Columns;
        return view == V1.TeammateView.Basic ? columns
            : after is null ? $"{columns}, {Groups(dialect)}"
            : $"{columns}, CASE WHEN t.id >= (SELECT teammate_id FROM teammate_group_members WHERE company_id = $1 AND teammate_id > "
                + $"{after} ORDER BY teammate_id LIMIT 1) THEN {Groups(dialect)} END";
    }

    /// <summary>
    /// Reads the groups of one teammate by its id, or of several by the parameter that holds their ids, once <see cref="Lock"/> has
    /// locked them, and whether a later transaction has written it.
    /// </summary>
    public static Statement ReadGroups(Dialect dialect, string company, int count, object ids,
        Action<string, IReadOnlyList<V1.GroupMembership>, bool> groups) => Statement.Each(
        $"SELECT t.id, {Groups(dialect)}, {dialect.IsOvertaken("t")} FROM teammates t WHERE t.company_id = $1 AND "
            + $"{Which(dialect, count)}",
        row => groups(row.GetString(0), ReadGroups(row.TextOrNull(1)), row.GetBoolean(2)), company, ids);

    /// <summary>Reads a row of <see cref="ColumnsOf"/>, with the teammate's groups if the view shows them.</summary>
    public static TeammateShown ReadShown(DbDataReader reader, V1.TeammateView view) =>
        new(Read(reader), view == V1.TeammateView.Basic ? [] : ReadGroups(reader.TextOrNull(GroupsColumn)));

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static Teammate Read(DbDataReader reader) => new()
    {
        CompanyId = reader.GetString(0),
        Id = reader.GetString(1),
        UserName = reader.GetString(2),
        UserNameFolded = reader.GetString(3),
        State = (V1.Teammate.Types.State)reader.GetInt32(4),
        Profile = reader.GetString(5),
        Search = "",
        ExternalIds = reader.GetString(6),
        CompanyAdmin = reader.GetBoolean(7),
        TemplateId = reader.TextOrNull(8),
        Assignment = reader.TextOrNull(9),
        Grant = reader.TextOrNull(10),
        Version = reader.GetInt64(11),
        CreateTime = reader.Time(12),
        UpdateTime = reader.Time(13),
        BlockTime = reader.TimeOrNull(14),
    };

    /// <summary>
    /// Reads one teammate by its id, or several by the parameter that holds their ids, and keeps other writers from those that are
    /// there until the transaction ends.
    /// </summary>
    public static Statement Lock(
        Dialect dialect, string company, int count, object ids, bool withoutWaiting, Action<Teammate> found) => Statement.Each(
        $"SELECT {Columns} FROM teammates t WHERE t.company_id = $1 AND "
            + $"{Which(dialect, count)}{(withoutWaiting ? dialect.ForUpdateIfFree : dialect.ForUpdate)}", row =>
                found(Read(row)), company, ids);

    /// <summary>Updates a row that <see cref="Lock"/> read; its profile and what follows from it only where that was stored anew.</summary>
    public static OnEngines<RowEdits<Teammate>> Update(Teammate row) => row.Search.Length == 0 ? UpdateBeside : UpdateAll;

    /// <summary>
    /// The groups as JSON. The name is looked up for each membership: a join would be planned as a pass over the company's groups
    /// where these are few.
    /// </summary>
    private static string Groups(Dialect dialect)
    {
        const string Pair = "m.group_id, (SELECT g.display_name FROM teammate_groups g WHERE g.company_id = t.company_id AND g.id = "
            + "m.group_id)";
        var memberships = "(SELECT group_id FROM teammate_group_members WHERE company_id = t.company_id AND teammate_id = t.id ORDER BY "
            + $"group_id LIMIT {MostGroups}) m";
        return $"(SELECT {dialect.JsonLists(Pair)} FROM {memberships})";
    }

    private static string Which(Dialect dialect, int count) => count == 1 ? "t.id = $2" : dialect.In("t.id", "$2");

    private static IReadOnlyList<V1.GroupMembership> ReadGroups(string? json) => json is null or "[]" ? [] :
        [.. JsonSerializer.Deserialize<string[][]>(json)!.Select(
            pair => new V1.GroupMembership { GroupId = pair[0], DisplayName = pair[1] })];
}

/// <summary>A teammate with the groups that it shows.</summary>
internal sealed record TeammateShown(Teammate Row, IReadOnlyList<V1.GroupMembership> Groups)
{
    /// <summary>As one caller sees it.</summary>
    public V1.Teammate ToMessage(
        string connectionId, V1.TeammateForm form = V1.TeammateForm.Unspecified, IEnumerable<V1.Warning>? warnings = null)
    {
        var message = Row.ToMessage(connectionId, form, warnings);
        message.Groups.AddRange(Groups);
        return message;
    }
}

/// <summary>The one teammate that a write is about: read and locked as the write begins.</summary>
internal sealed class TeammateLock(string id) : IPreload
{
    private Teammate? _found;
    private IReadOnlyList<V1.GroupMembership> _groups = [];
    private bool _isOvertaken;

    /// <summary>What is shown of it, with the groups as they were once it was locked.</summary>
    /// <exception cref="Grpc.Core.RpcException">TEAMMATE_NOT_FOUND, also for another company's id.</exception>
    /// <exception cref="WriteRaced">A later transaction has written it.</exception>
    public TeammateShown Shown => _isOvertaken ? throw new WriteRaced() : new(_found ?? throw Failures.TeammateNotFound(id), _groups);

    /// <summary>Whether it is there, and ours to write.</summary>
    public bool IsHeld => _found is not null && !_isOvertaken;

    public PreloadOrder Order => PreloadOrder.Teammates;

    public IEnumerable<Statement> Read(PreloadContext context, IReadOnlyList<IPreload> all)
    {
        var (dialect, company, locks) = (context.Dialect, context.Caller.Company, all.Cast<TeammateLock>().ToList());
        var byId = locks.Where(each => Folding.IsStorable(each.Id)).ToDictionary(each => each.Id, StringComparer.Ordinal);
        foreach (var each in locks)
        {
            (each._found, each._groups, each._isOvertaken) = (null, [], false);
        }

        if (byId.Count == 0)
        {
            return [];
        }

        // The groups are read behind the lock: a statement that waits for a row sees everything else as it was before.
        var ids = byId.Count == 1 ? byId.Keys.First() : dialect.TextsOf(byId.Keys);
        return
        [
            TeammateRows.Lock(dialect, company, byId.Count, ids, context.SkipLocked, row => byId[row.Id]._found = row),
            TeammateRows.ReadGroups(dialect, company, byId.Count, ids,
                (teammate, groups, isOvertaken) => (byId[teammate]._groups, byId[teammate]._isOvertaken) = (groups, isOvertaken)),
        ];
    }

    /// <summary>The teammate's id, as it was asked for.</summary>
    public string Id => id;
}
