using System.Data.Common;
using System.Text.Json;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Storage;

namespace Provisioning.Teammates;

/// <summary>Reads teammates' rows as fast as they come.</summary>
internal static class TeammateRows
{
    /// <summary>Every column but the search document, which no teammate shows, on the alias `t`.</summary>
    public const string Columns =
        "t.company_id, t.id, t.user_name, t.user_name_folded, t.state, t.profile, t.external_ids, t.company_admin, t.template_id, t.assignment, t.\"grant\", t.version, t.create_time, t.update_time, t.block_time";

    /// <summary>Where the groups are, behind the columns.</summary>
    private const int GroupsColumn = 15;

    /// <summary>How many of a teammate's groups are shown.</summary>
    private const int MostGroups = 500;

    /// <summary>The columns, and behind them the teammate's groups if they are shown.</summary>
    public static string ColumnsOf(StorageProvider provider, bool withGroups) => withGroups ? $"{Columns}, {Groups(provider)}" : Columns;

    /// <summary>Reads a teammate's groups.</summary>
    public static Statement ReadGroups(StorageProvider provider, string company, string id, Action<IReadOnlyList<V1.GroupMembership>> groups) => Statement.One(
        $"SELECT {Groups(provider)} FROM teammates t WHERE t.company_id = $1 AND t.id = $2", row => groups(ReadGroups(row.TextOrNull(0))), company, id);

    /// <summary>Reads a row of <see cref="ColumnsOf"/>, with the teammate's groups if they are there.</summary>
    public static TeammateShown ReadShown(DbDataReader reader) => new(Read(reader), reader.FieldCount > GroupsColumn ? ReadGroups(reader.TextOrNull(GroupsColumn)) : []);

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

    /// <summary>Reads a teammate, if it is there, and keeps other writers from it until the transaction ends.</summary>
    public static Statement Lock(StorageProvider provider, string company, string id, Action<Teammate> found) => Statement.One(
        $"SELECT {Columns} FROM teammates t WHERE t.company_id = $1 AND t.id = $2{Sql.ForUpdate(provider)}", row => found(Read(row)), company, id);

    public static Statement Insert(StorageProvider provider, Teammate row) => new(
        $"""
        INSERT INTO teammates (company_id, id, user_name, user_name_folded, state, profile, search, external_ids, company_admin, template_id, assignment, "grant",
        version, create_time, update_time, block_time)
        VALUES ($1, $2, $3, $4, $5, $6, {Document(provider, "$7")}, $8, $9, $10, $11, $12, $13, $14, $15, {Moment(provider, "$16")})
        """,
        row.CompanyId, row.Id, row.UserName, row.UserNameFolded, (int)row.State, row.Profile, row.Search, row.ExternalIds, row.CompanyAdmin, row.TemplateId, row.Assignment, row.Grant,
        row.Version, Sql.Time(provider, row.CreateTime), Sql.Time(provider, row.UpdateTime), TimeOrNull(provider, row.BlockTime));

    /// <summary>Updates a row that <see cref="Lock"/> read; its profile and what follows from it only where that was stored anew.</summary>
    public static Statement Update(StorageProvider provider, Teammate row) => row.Search.Length == 0
        ? new(
            $"""
            UPDATE teammates SET state = $3, company_admin = $4, template_id = $5, assignment = $6, "grant" = $7, version = $8, update_time = $9, block_time = {Moment(provider, "$10")}
            WHERE company_id = $1 AND id = $2
            """,
            row.CompanyId, row.Id, (int)row.State, row.CompanyAdmin, row.TemplateId, row.Assignment, row.Grant, row.Version,
            Sql.Time(provider, row.UpdateTime), TimeOrNull(provider, row.BlockTime))
        : new(
            $"""
            UPDATE teammates SET state = $3, company_admin = $4, template_id = $5, assignment = $6, "grant" = $7, version = $8, update_time = $9, block_time = {Moment(provider, "$10")},
            user_name = $11, user_name_folded = $12, profile = $13, search = {Document(provider, "$14")}, external_ids = $15
            WHERE company_id = $1 AND id = $2
            """,
            row.CompanyId, row.Id, (int)row.State, row.CompanyAdmin, row.TemplateId, row.Assignment, row.Grant, row.Version,
            Sql.Time(provider, row.UpdateTime), TimeOrNull(provider, row.BlockTime),
            row.UserName, row.UserNameFolded, row.Profile, row.Search, row.ExternalIds);

    public static Statement Delete(Teammate row) => new("DELETE FROM teammates WHERE company_id = $1 AND id = $2", row.CompanyId, row.Id);

    /// <summary>
    /// The groups as JSON. The name is looked up for each membership: a join would be planned as a pass over the company's groups
    /// where these are few.
    /// </summary>
    private static string Groups(StorageProvider provider)
    {
        const string Pair = "m.group_id, (SELECT g.display_name FROM teammate_groups g WHERE g.company_id = t.company_id AND g.id = m.group_id)";
        var memberships = $"(SELECT group_id FROM teammate_group_members WHERE company_id = t.company_id AND teammate_id = t.id ORDER BY group_id LIMIT {MostGroups}) m";
        return provider == StorageProvider.Postgres
            ? $"(SELECT json_agg(json_build_array({Pair}))::text FROM {memberships})"
            : $"(SELECT json_group_array(json_array({Pair})) FROM {memberships})";
    }

    private static string Document(StorageProvider provider, string parameter) => provider == StorageProvider.Postgres ? parameter + "::jsonb" : parameter;

    private static string Moment(StorageProvider provider, string parameter) => provider == StorageProvider.Postgres ? parameter + "::timestamptz" : parameter;

    private static object? TimeOrNull(StorageProvider provider, DateTimeOffset? time) => time is { } at ? Sql.Time(provider, at) : null;

    private static IReadOnlyList<V1.GroupMembership> ReadGroups(string? json) => json is null or "[]" ? [] :
        [.. JsonSerializer.Deserialize<string[][]>(json)!.Select(pair => new V1.GroupMembership { GroupId = pair[0], DisplayName = pair[1] })];
}

/// <summary>A teammate with the groups that it shows.</summary>
internal sealed record TeammateShown(Teammate Row, IReadOnlyList<V1.GroupMembership> Groups)
{
    /// <summary>As one caller sees it.</summary>
    public V1.Teammate ToMessage(string connectionId, IEnumerable<V1.Warning>? warnings = null)
    {
        var message = Row.ToMessage(connectionId, warnings);
        message.Groups.AddRange(Groups);
        return message;
    }
}

/// <summary>The one teammate that a write is about: read and locked as the write begins.</summary>
internal sealed class TeammateLock(StorageProvider provider, Access.Caller caller, string id)
{
    private Teammate? _found;
    private IReadOnlyList<V1.GroupMembership> _groups = [];

    /// <summary>What is shown of it, with the groups as they were once it was locked.</summary>
    /// <exception cref="Grpc.Core.RpcException">TEAMMATE_NOT_FOUND, also for another company's id.</exception>
    public TeammateShown Shown => new(_found ?? throw Failures.TeammateNotFound(id), _groups);

    /// <summary>What a write runs ahead, at each attempt.</summary>
    public IEnumerable<Statement> Ahead()
    {
        (_found, _groups) = (null, []);

        // The groups are read behind the lock: a statement that waits for a row sees everything else as it was before.
        return !Folding.IsStorable(id) ? []
            : [TeammateRows.Lock(provider, caller.Company, id, found => _found = found), TeammateRows.ReadGroups(provider, caller.Company, id, groups => _groups = groups)];
    }
}
