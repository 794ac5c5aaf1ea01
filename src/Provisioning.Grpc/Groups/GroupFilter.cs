using Provisioning.Access;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Lists;
using Provisioning.Schemas;
using Provisioning.Storage;

namespace Provisioning.Groups;

/// <summary>Where filters and orders find what groups have, on the alias `g`.</summary>
internal sealed class GroupFilter(Dialect dialect, Caller caller) : FilterSql(dialect, caller)
{
    /// <summary>Members with their teammates, on the aliases `m` and `u`; the group and the company are the caller's to name.</summary>
    public const string Members = "teammate_group_members m JOIN teammates u ON u.company_id = m.company_id AND u.id = m.teammate_id";

    /// <summary>The condition for a filter on members, as within members[ ].</summary>
    public string OfMembers(string filter) => FilterFaults.Translate(() =>
        Compile(FilterBinder.BindValues(FilterParser.Parse(filter), ResourceType.Group, GroupSchemas.Members), new(Members, "", Member)));

    private static SqlValue Member(SchemaAttribute part) => part.Name switch
    {
        "value" => new("m.teammate_id", Nullable: false),
        "display" => new("u.user_name_folded", Nullable: false),
        _ => new("'user'", Nullable: false),
    };

    protected override SqlValue Leaf(SearchTarget target) => (target.Attribute.Name, target.Leaf.Name) switch
    {
        ("displayName", _) => new("g.display_name_folded", Nullable: false),
        ("externalId", _) => new(
            "(SELECT x.value FROM teammate_group_external_ids x WHERE x.company_id = g.company_id AND x.group_id = g.id AND "
                + $"x.connection_id = {Parameter(Caller.ConnectionId)})"),
        ("meta", "created") => new("g.create_time", Nullable: false),
        ("meta", "lastModified") => new("g.update_time", Nullable: false),
        ("meta", "resourceType") => new("'Group'", Nullable: false),
        _ => new("g.id", Nullable: false),
    };

    protected override ValueRows Values(SearchTarget list) => list.Attribute.Name == "schemas"
        ? new($"(SELECT '{GroupSchemas.GroupSchema}' AS value) s", "1 = 1", _ => new("s.value", Nullable: false))
        : new(Members, "m.company_id = g.company_id AND m.group_id = g.id", Member);

    protected override string Ordinal(SearchTarget list) => list.Attribute.Name == "schemas" ? "s.value" : "m.teammate_id";

    protected override string? ByIndex(SearchTarget target, string value) => (target.Attribute.Name, target.Leaf.Name) switch
    {
        ("members", "value") =>
            $"g.id IN (SELECT m.group_id FROM teammate_group_members m WHERE m.company_id = {Parameter(Caller.Company)} AND m.teammate_id "
                + $"= {Parameter(value)})",
        ("externalId", _) =>
            $"g.id IN (SELECT x.group_id FROM teammate_group_external_ids x WHERE x.company_id = {Parameter(Caller.Company)} AND "
                + $"x.connection_id = {Parameter(Caller.ConnectionId)} AND x.key = {Parameter(IndexKeys.Of(value))})",
        _ => null,
    };
}
