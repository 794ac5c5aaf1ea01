using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Json;
using Provisioning.Patch;
using Provisioning.Schemas;
using Scim.Tolerance;
using Scim.Wire;

namespace Scim.Users;

/// <summary>
/// Values of a user's attributes as providers really send them, brought into the form of RFC 7643: one value where a list belongs, texts
/// for objects and booleans, entries that say nothing.
/// </summary>
internal sealed class UserValues(Tolerances tolerances)
{
    /// <summary>Reads the value of a PATCH step; null for one that says nothing, which removes what the path names.</summary>
    /// <exception cref="ScimException">The value cannot be understood.</exception>
    public static JsonNode? OfStep(PatchStep step, Tolerances tolerances)
    {
        var (path, value) = (step.Path, step.Value);
        return value is null ? null : path.Name switch
        {
            AttributeName.Known { Attribute.Mutability: Mutability.ReadOnly } => value,
            AttributeName.Known known => new UserValues(tolerances).OfStep(known, path.Filter is not null, step.Verb, value),
            AttributeName.Unknown { Schema.Length: > 0, Part: "" } when IsEmptyText(value) => null,
            _ => value,
        };
    }

    private JsonNode? OfStep(AttributeName.Known name, bool isFiltered, PatchVerb verb, JsonNode value)
    {
        var attribute = name.Attribute;
        if (name.Part.Length > 0)
        {
            Removals.Refuse(name.Part, value);
            if (name.KnownPart is null)
            {
                tolerances.Note(Tolerated.UnknownAttribute);
            }

            return IsEmptyText(value) ? null
                : attribute.Name == "roles" && name.Part == "value" ? RoleShapes.ReadValue(value, tolerances)
                : name.KnownPart?.Type == AttributeType.Boolean
                    ? JsonValue.Create(Booleans.Read($"{attribute.Name}.{name.Part}", value, tolerances))
                : value;
        }

        if (isFiltered)
        {
            return value is JsonObject one && attribute.MultiValued ? PartsToMerge(attribute, one) : value;
        }

        if (attribute is { MultiValued: true })
        {
            return verb == PatchVerb.Remove ? ReadRemoved(attribute, value) : List(attribute, value) ?? [];
        }

        return attribute.Type == AttributeType.Boolean ? JsonValue.Create(Booleans.Read(attribute.Name, value, tolerances))
            : attribute.Type == AttributeType.Complex && value is JsonObject parts ? PartsToMerge(attribute, parts)
            : Of(attribute, value);
    }

    /// <summary>Values to remove from a list, where RFC 7644 would empty it: Entra and others name them so.</summary>
    private JsonArray ReadRemoved(SchemaAttribute attribute, JsonNode value)
    {
        tolerances.Note(Tolerated.RemoveValues);
        var values = List(attribute, value) ?? [];
        return values.Count >= (value is JsonArray given ? given.Count : 1) ? values : throw ScimException.Value(
            $"A value to remove from {attribute.Name} does not say which one it is. "
            + "Send its \"value\", or choose values by a filter in the path.");
    }

    /// <summary>Parts of a complex value, of which an empty one takes away what is there.</summary>
    private JsonObject PartsToMerge(SchemaAttribute attribute, JsonObject item)
    {
        var parts = attribute.Name == "roles" && item.Member("value") is not null && RoleShapes.ReadObject(item, tolerances) is { } role
            ? role : Parts(attribute, item);
        foreach (var (name, node) in item)
        {
            if (node is null || IsEmptyText(node))
            {
                parts.TryAdd((attribute.Sub(name) ?? Qualified(attribute, name))?.Name ?? name, null);
            }
        }

        return parts;
    }

    public JsonNode? Of(SchemaAttribute attribute, JsonNode node)
    {
        if (attribute.MultiValued)
        {
            return List(attribute, node);
        }

        var value = Single(attribute, node);
        return IsEmpty(value) ? null
            : attribute.Type != AttributeType.Complex ? value.DeepClone()
            : value is JsonObject item ? Parts(attribute, item)
            : attribute.Name == "manager" ? Manager(value)
            : throw ScimException.Value($"{attribute.Name} must be an object.");
    }

    /// <summary>The one value of a list of one, where one value belongs.</summary>
    public JsonNode Single(SchemaAttribute attribute, JsonNode node)
    {
        if (node is not JsonArray { Count: 1 } list || list[0] is null)
        {
            return node;
        }

        tolerances.Note(Tolerated.ListOfOne);
        return list[0]!;
    }

    /// <summary>The values of a list in the form of RFC 7643; null for none.</summary>
    /// <exception cref="ScimException">A value cannot be understood.</exception>
    private JsonArray? List(SchemaAttribute attribute, JsonNode node) =>
        attribute.Name == "roles" ? RoleShapes.Read(node, tolerances) : Values(attribute, node);

    private JsonArray? Values(SchemaAttribute attribute, JsonNode node)
    {
        if (node is not JsonArray list)
        {
            tolerances.Note(Tolerated.SingleValue);
            list = [node.DeepClone()];
        }

        var values = new JsonArray();
        foreach (var item in list)
        {
            if (ReadValue(attribute, item) is { Count: > 0 } value)
            {
                values.Add((JsonNode)value);
            }
            else
            {
                tolerances.Note(Tolerated.EmptyValue);
            }
        }

        return values.Count == 0 ? null : values;
    }

    /// <summary>One value of a list; null for one that says nothing, such as {"value": ""}.</summary>
    private JsonObject? ReadValue(SchemaAttribute attribute, JsonNode? item)
    {
        switch (item)
        {
            case null:
                return null;
            case JsonObject parts:
                var read = Parts(attribute, parts);
                return attribute.Sub("value") is null || read.ContainsKey("value") || read.Any(entry => !IsOnlyLabel(entry.Key))
                    ? read
                    : null;
            case JsonValue when item.GetValueKind() == JsonValueKind.String && attribute.Sub("value") is not null:
                tolerances.Note(Tolerated.TextValue);
                return Text(item).Length == 0 ? null : new() { ["value"] = Text(item) };
            default:
                throw ScimException.Value($"{attribute.Name} must be a list of objects.");
        }
    }

    /// <summary>True for a sub-attribute that tells something about a value, and is no value without it.</summary>
    private static bool IsOnlyLabel(string part) => part is "type" or "primary";

    private JsonObject Parts(SchemaAttribute attribute, JsonObject item)
    {
        var parts = new JsonObject();
        foreach (var (name, node) in item)
        {
            var known = attribute.Sub(name) ?? Qualified(attribute, name);
            if (node is null || IsEmptyText(node))
            {
                continue;
            }

            Removals.Refuse(name, node);
            if (known is null)
            {
                tolerances.Note(Tolerated.UnknownAttribute);
            }
            else if (!known.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                tolerances.Note(Tolerated.AttributeForm);
            }

            var value = known?.Type == AttributeType.Boolean
                ? JsonValue.Create(Booleans.Read($"{attribute.Name}.{known.Name}", node, tolerances))
                : node.DeepClone();
            if (!parts.TryAdd(known?.Name ?? name, value))
            {
                throw ScimException.Syntax($"{attribute.Name}.{name} is there twice. Send each attribute once.");
            }
        }

        return parts;
    }

    /// <summary>A part by its whole name, such as "name.givenName" within `name`; null for a name that is no whole name.</summary>
    /// <exception cref="ScimException">It is the whole name of something else.</exception>
    private static SchemaAttribute? Qualified(SchemaAttribute attribute, string name) =>
        name.AsSpan().IndexOfAny('.', ':') < 0 ? null : AttributeNames.Resolve(ResourceType.User, name) switch
        {
            AttributeName.Known known when known.Attribute == attribute && known.KnownPart is { } part => part,
            AttributeName.Known or AttributeName.Meaningless => throw ScimException.Value(
                $"{name} cannot stand within {attribute.Name}. Send it beside {attribute.Name}, or correct the name."),
            _ => null,
        };

    /// <summary>The manager as the bare id that Entra sends.</summary>
    private JsonNode Manager(JsonNode value)
    {
        if (value.GetValueKind() != JsonValueKind.String)
        {
            throw ScimException.Value("manager must be an object, or the manager's id as a text.");
        }

        tolerances.Note(Tolerated.TextValue);
        return new JsonObject { ["value"] = Text(value) };
    }

    private static string Text(JsonNode node) => node.GetValue<string>();

    public static bool IsEmptyText(JsonNode node) => node.GetValueKind() == JsonValueKind.String && Text(node).Length == 0;

    /// <summary>Whether a value says nothing: "" or [], as RFC 7643 section 2.5 counts them.</summary>
    public static bool IsEmpty(JsonNode node) => IsEmptyText(node) || node is JsonArray { Count: 0 };
}
