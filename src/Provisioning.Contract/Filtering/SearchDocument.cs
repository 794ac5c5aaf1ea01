using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Json;
using Provisioning.Schemas;
using Provisioning.V1;

namespace Provisioning.Filtering;

/// <summary>
/// A resource as filters see it: known attributes alone, under lower-case names, texts folded where letter case does not
/// matter, plain values of lists as objects with a `value`, and nothing that is null or empty. What is not in the
/// document is not present.
/// </summary>
public static class SearchDocument
{
    /// <summary>How moments are written, so that their texts order as they do.</summary>
    private const string MomentFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    /// <summary>The names of users' attributes, which every write of one asks for.</summary>
    private static readonly FrozenDictionary<string, string> Names = ResourceType.User.Schemas.SelectMany(schema => schema.Attributes)
        .SelectMany(attribute => attribute.SubAttributes.Prepend(attribute)).Select(attribute => attribute.Name).Distinct()
        .ToFrozenDictionary(name => name, name => name.ToLowerInvariant(), StringComparer.Ordinal);

    /// <summary>The document of a profile, which is what is stored.</summary>
    public static JsonObject OfProfile(JsonObject profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var document = OfAttributes(UserSchemas.User, profile);
        var schemas = new JsonArray(Value(UserSchemas.User.Id));
        foreach (var (name, node) in profile)
        {
            if (name.StartsWith("urn:", StringComparison.OrdinalIgnoreCase) && node is not null)
            {
                schemas.Add((JsonNode)Value(name));
            }

            if (ResourceType.User.Extension(name) is { } extension && node is JsonObject attributes
                && OfAttributes(extension, attributes) is { Count: > 0 } inner)
            {
                document[NameOf(extension.Id)] = inner;
            }
        }

        document["schemas"] = schemas;
        return document;
    }

    /// <summary>The whole document of a teammate.</summary>
    public static JsonObject Of(Teammate teammate)
    {
        ArgumentNullException.ThrowIfNull(teammate);
        var document = OfProfile(ProfileJson.Write(teammate.Profile ?? new()));
        AddCommon(document, "User", teammate.Id, teammate.ExternalId, teammate.CreateTime.ToDateTimeOffset(),
            teammate.UpdateTime.ToDateTimeOffset());
        document["active"] = teammate.State == Teammate.Types.State.Active;
        if (teammate.Groups.Count > 0)
        {
            document["groups"] = new JsonArray([.. teammate.Groups.Select(group =>
                new JsonObject { ["value"] = group.GroupId, ["display"] = Folding.Fold(group.DisplayName), ["type"] = "direct" })]);
        }

        return document;
    }

    /// <summary>The whole document of a teammate group with its members.</summary>
    public static JsonObject Of(TeammateGroup group, IEnumerable<TeammateGroupMember> members)
    {
        ArgumentNullException.ThrowIfNull(group);
        var document = new JsonObject
        {
            ["displayname"] = Folding.Fold(group.DisplayName),
            ["schemas"] =
            new JsonArray(Value(GroupSchemas.GroupSchema))
        };
        AddCommon(document, "Group", group.Id, group.ExternalId, group.CreateTime.ToDateTimeOffset(), group.UpdateTime.ToDateTimeOffset());
        var list = new JsonArray([.. members.Select(member =>
            new JsonObject { ["value"] = member.TeammateId, ["display"] = Folding.Fold(member.UserName), ["type"] = "user" })]);
        if (list.Count > 0)
        {
            document["members"] = list;
        }

        return document;
    }

    /// <summary>One value of a multi-valued attribute; null when it says nothing.</summary>
    public static JsonObject? OfValue(SchemaAttribute attribute, JsonNode? item)
    {
        ArgumentNullException.ThrowIfNull(attribute);
        var parts = SearchTarget.Parts(attribute);
        var read = item is JsonObject given
            ? OfParts(parts, given)
            : parts.FirstOrDefault(each => each.Name == "value") is { } value
                && Leaf(value, item) is { } leaf ? new() { ["value"] = leaf } : [];
        return read.Count > 0 ? read : null;
    }

    /// <summary>A moment as documents hold it.</summary>
    public static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString(MomentFormat, CultureInfo.InvariantCulture);

    /// <summary>An attribute's name in documents.</summary>
    public static string NameOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Names.GetValueOrDefault(name) ?? name.ToLowerInvariant();
    }

    private static void AddCommon(
        JsonObject document, string type, string id, string externalId, DateTimeOffset created, DateTimeOffset modified)
    {
        document["id"] = id;
        if (externalId.Length > 0)
        {
            document["externalid"] = externalId;
        }

        document["meta"] = new JsonObject { ["resourcetype"] = type, ["created"] = Moment(created), ["lastmodified"] = Moment(modified) };
    }

    private static JsonObject Value(string text) => new() { ["value"] = text };

    private static JsonObject OfAttributes(ResourceSchema schema, JsonObject given) => OfParts(schema.Attributes, given);

    private static JsonObject OfParts(IEnumerable<SchemaAttribute> attributes, JsonObject given)
    {
        var document = new JsonObject();
        foreach (var attribute in attributes)
        {
            if (given.TryGetPropertyValue(attribute.Name, out var node) && Read(attribute, node) is { } read)
            {
                document[NameOf(attribute.Name)] = read;
            }
        }

        return document;
    }

    private static JsonNode? Read(SchemaAttribute attribute, JsonNode? node)
    {
        if (attribute.MultiValued)
        {
            var values = (node as JsonArray ?? []).Select(item => OfValue(attribute, item)).OfType<JsonObject>().ToArray<JsonNode>();
            return values.Length > 0 ? new JsonArray(values) : null;
        }

        return attribute.Type == AttributeType.Complex
            ? node is JsonObject parts && OfParts(attribute.SubAttributes, parts) is { Count: > 0 } read ? read : null
            : Leaf(attribute, node);
    }

    private static JsonValue? Leaf(SchemaAttribute attribute, JsonNode? node)
    {
        var text = node?.GetValueKind() switch
        {
            JsonValueKind.String => node.GetValue<string>(),
            JsonValueKind.True or JsonValueKind.False or JsonValueKind.Number => node.ToJsonString(),
            _ => "",
        };
        if (attribute.Type == AttributeType.Boolean)
        {
            return bool.TryParse(text, out var flag) ? JsonValue.Create(flag) : null;
        }

        return text.Length == 0 ? null : JsonValue.Create(attribute.CaseExact ? text : Folding.Fold(text));
    }
}
