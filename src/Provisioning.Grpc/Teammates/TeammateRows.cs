using System.Data.Common;
using System.Text.Json;
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
    public static string ColumnsOf(StorageProvider provider, bool withGroups)
    {
        var groups =
            $"""
            (SELECT g.id, g.display_name FROM teammate_group_members m JOIN teammate_groups g ON g.company_id = m.company_id AND g.id = m.group_id
             WHERE m.company_id = t.company_id AND m.teammate_id = t.id ORDER BY m.group_id LIMIT {MostGroups}) x
            """;
        return !withGroups ? Columns : Columns + (provider == StorageProvider.Postgres
            ? $", (SELECT json_agg(json_build_array(x.id, x.display_name))::text FROM {groups})"
            : $", (SELECT json_group_array(json_array(x.id, x.display_name)) FROM {groups})");
    }

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

    private static IReadOnlyList<V1.GroupMembership> ReadGroups(string? json) => json is null or "[]" ? [] :
        [.. JsonSerializer.Deserialize<string[][]>(json)!.Select(pair => new V1.GroupMembership { GroupId = pair[0], DisplayName = pair[1] })];
}

/// <summary>A teammate with the groups that it shows.</summary>
internal sealed record TeammateShown(Teammate Row, IReadOnlyList<V1.GroupMembership> Groups)
{
    /// <summary>As one caller sees it.</summary>
    public V1.Teammate ToMessage(string connectionId)
    {
        var message = Row.ToMessage(connectionId);
        message.Groups.AddRange(Groups);
        return message;
    }
}
