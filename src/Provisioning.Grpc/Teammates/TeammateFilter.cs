using Provisioning.Access;
using Provisioning.Filtering;
using Provisioning.Lists;
using Provisioning.Schemas;
using Provisioning.Storage;

namespace Provisioning.Teammates;

/// <summary>Where filters and orders find what teammates have, on the alias `t`.</summary>
internal sealed class TeammateFilter(Dialect dialect, Caller caller) : FilterSql(dialect, caller)
{
    private const string Any = "1 = 1";

    protected override SqlValue Leaf(SearchTarget target) => (target.Schema, target.Attribute.Name, target.Leaf.Name) switch
    {
        ("", "id", _) => new("t.id", Nullable: false),
        ("", "userName", _) => new("t.user_name_folded", Nullable: false),
        ("", "active", _) => new($"(t.state = {(int)V1.Teammate.Types.State.Active})", Nullable: false),
        ("", "externalId", _) => new(Dialect.JsonMember("t.external_ids", Parameter(Caller.ConnectionId))),
        ("", "meta", "created") => new("t.create_time", Nullable: false),
        ("", "meta", "lastModified") => new("t.update_time", Nullable: false),
        ("", "meta", "resourceType") => new("'User'", Nullable: false),
        ("", "meta", _) => new("t.id", Nullable: false),
        _ => Document(target),
    };

    protected override ValueRows Values(SearchTarget list) => list.Attribute.Name switch
    {
        "groups" => new(
            "teammate_group_members m JOIN teammate_groups g ON g.company_id = m.company_id AND g.id = m.group_id",
            $"m.company_id = {Parameter(Caller.Company)} AND m.teammate_id = t.id",
            part => part.Name switch
            {
                "value" => new("m.group_id", Nullable: false),
                "display" => new("g.display_name_folded", Nullable: false),
                _ => new("'direct'", Nullable: false),
            }),
        var name => new(
            Dialect.JsonItems("t.search", SearchDocument.NameOf(name)), Any,
            part => new(Dialect.JsonPart(SearchDocument.NameOf(part.Name), part.Type == AttributeType.Boolean))),
    };

    protected override string Ordinal(SearchTarget list) => list.Attribute.Name == "groups" ? "m.group_id" : Dialect.JsonPlace;

    protected override string? ByIndex(SearchTarget target, string value) => (target.Schema, target.Attribute.Name, target.Leaf.Name) switch
    {
        ("", "externalId", _) => Indexed(TeammateValues.ExternalId(Caller.ConnectionId), value),
        ("", "groups", "value") =>
            $"t.id IN (SELECT m.teammate_id FROM teammate_group_members m WHERE m.company_id = {Parameter(Caller.Company)} AND m.group_id "
                + $"= {Parameter(value)})",
        ("", TeammateValues.Emails or TeammateValues.Roles, "value") => Indexed(target.Attribute.Name, value),
        _ => null,
    };

    private string Indexed(string attribute, string value) =>
        $"t.id IN (SELECT v.teammate_id FROM teammate_values v WHERE v.company_id = {Parameter(Caller.Company)} AND v.attribute = "
            + $"{Parameter(attribute)} AND v.value = {Parameter(IndexKeys.Of(value))})";

    private SqlValue Document(SearchTarget target)
    {
        string?[] path = [target.Schema.Length > 0 ? target.Schema : null, target.Attribute.Name, target.Part?.Name];
        return new(Dialect.JsonAt(
            "t.search", path.OfType<string>().Select(SearchDocument.NameOf), target.Leaf.Type == AttributeType.Boolean));
    }
}
