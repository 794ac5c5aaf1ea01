using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Json;
using Provisioning.Patch;
using Provisioning.Schemas;
using Provisioning.V1;
using Scim.Tolerance;
using Scim.Wire;

namespace Scim.Users;

/// <summary>
/// A user as providers really send it, brought into the form of RFC 7643: known attributes under their names and types,
/// unknown ones verbatim, null and empty ones absent, read-only ones and passwords dropped.
/// </summary>
internal sealed class UserBody
{
    private readonly JsonObject _profile = [];
    private readonly HashSet<string> _seen = new(StringComparer.OrdinalIgnoreCase);
    private readonly Tolerances _tolerances;

    private UserBody(Tolerances tolerances) => _tolerances = tolerances;

    /// <summary>What `active` says; null where the body says nothing.</summary>
    public bool? Active { get; private set; }

    /// <summary>What `externalId` says; null where the body says nothing.</summary>
    public string? ExternalId { get; private set; }

    /// <summary>The profile in the body.</summary>
    /// <exception cref="ScimException">A known attribute has a value of another type.</exception>
    public Profile ToProfile()
    {
        try
        {
            return ProfileJson.Read(_profile);
        }
        catch (TeammateFormatException failure)
        {
            throw ScimException.Value($"{failure.Message} Correct the attribute mapping in the identity provider.");
        }
    }

    /// <summary>Reads a user as a request's body.</summary>
    /// <exception cref="ScimException">A value cannot be understood.</exception>
    public static UserBody ReadRequest(JsonObject body, Tolerances tolerances)
    {
        SchemasMember.Check(body, ResourceType.User, tolerances);
        return Read(body, tolerances);
    }

    /// <summary>Reads a user.</summary>
    /// <exception cref="ScimException">A value cannot be understood.</exception>
    public static UserBody Read(JsonObject body, Tolerances tolerances)
    {
        var user = new UserBody(tolerances);
        user.TakeAll(body, nested: false);
        return user;
    }

    /// <summary>Reads the value of a PATCH step; null for one that says nothing, which removes what the path names.</summary>
    /// <exception cref="ScimException">The value cannot be understood.</exception>
    public static JsonNode? ReadStep(PatchStep step, Tolerances tolerances)
    {
        var (path, value) = (step.Path, step.Value);
        return value is null ? null : path.Name switch
        {
            AttributeName.Known { Attribute.Mutability: Mutability.ReadOnly } => value,
            AttributeName.Known known => new UserBody(tolerances).ReadStep(known, path.Filter is not null, step.Verb, value),
            AttributeName.Unknown { Schema.Length: > 0, Part: "" } when IsEmptyText(value) => null,
            _ => value,
        };
    }

    private JsonNode? ReadStep(AttributeName.Known name, bool isFiltered, PatchVerb verb, JsonNode value)
    {
        var attribute = name.Attribute;
        if (name.Part.Length > 0)
        {
            Removals.Refuse(name.Part, value);
            if (name.KnownPart is null)
            {
                _tolerances.Note(Tolerated.UnknownAttribute);
            }

            return IsEmptyText(value) ? null
                : attribute.Name == "roles" && name.Part == "value" ? RoleShapes.Read(new JsonArray(value.DeepClone()), _tolerances) is [var role] ? (role is JsonObject read ? read["value"] : role)?.DeepClone() : null
                : name.KnownPart?.Type == AttributeType.Boolean ? JsonValue.Create(Booleans.Read($"{attribute.Name}.{name.Part}", value, _tolerances))
                : value;
        }

        if (isFiltered)
        {
            return value is JsonObject one && attribute.MultiValued ? PartsOrNull(attribute, one) : value;
        }

        if (attribute is { MultiValued: true })
        {
            return verb == PatchVerb.Remove ? ReadRemoved(attribute, value) : ReadValues(attribute, value, _tolerances) ?? [];
        }

        return attribute.Type == AttributeType.Boolean ? JsonValue.Create(Booleans.Read(attribute.Name, value, _tolerances))
            : attribute.Type == AttributeType.Complex && value is JsonObject parts ? PartsOrNull(attribute, parts)
            : Known(attribute, value);
    }

    /// <summary>Values to remove from a list, where RFC 7644 would empty it: Entra and others name them so.</summary>
    private JsonArray ReadRemoved(SchemaAttribute attribute, JsonNode value)
    {
        _tolerances.Note(Tolerated.RemoveValues);
        var values = ReadValues(attribute, value, _tolerances) ?? [];
        return values.Count >= (value as JsonArray)?.Count || value is not JsonArray && values.Count > 0 ? values
            : throw ScimException.Value($"A value to remove from {attribute.Name} does not say which one it is. Send its \"value\", or choose values by a filter in the path.");
    }

    /// <summary>Parts of a complex value, of which an empty one takes away what is there.</summary>
    private JsonObject PartsOrNull(SchemaAttribute attribute, JsonObject item)
    {
        var parts = attribute.Name != "roles" ? Parts(attribute, item)
            : RoleShapes.Read(new JsonArray(item.DeepClone()), _tolerances) is [JsonObject role] ? (JsonObject)role.DeepClone() : [];
        foreach (var (name, node) in item)
        {
            if (node is null || IsEmptyText(node))
            {
                parts.TryAdd((attribute.Sub(name) ?? Qualified(attribute, name))?.Name ?? name, null);
            }
        }

        return parts;
    }

    private void TakeAll(JsonObject body, bool nested)
    {
        foreach (var (name, node) in body)
        {
            if (node is null)
            {
                continue;
            }

            var resolved = AttributeNames.Resolve(ResourceType.User, name);
            _tolerances.NoteName(resolved);
            switch (resolved)
            {
                case AttributeName.WholeSchema { Schema: "" }:
                    _tolerances.Note(Tolerated.NestedCore);
                    TakeAll(node is JsonObject core && !nested ? core : throw ScimException.Value($"{name} must be an object with the user's attributes."), nested: true);
                    break;
                case AttributeName.WholeSchema { Schema: var extension }:
                    TakeExtension(extension, node);
                    break;
                case AttributeName.Foreign:
                    Add(name, node.DeepClone());
                    break;
                default:
                    NoteKey(name, resolved);
                    Take(resolved, node);
                    break;
            }
        }
    }

    /// <summary>A body names its attributes by short names; a whole path as a key is another form.</summary>
    private void NoteKey(string key, AttributeName name)
    {
        if (AttributeNames.IsUrn(key) || name is AttributeName.Known { Part.Length: > 0 })
        {
            _tolerances.Note(Tolerated.PathAsKey);
        }
    }

    private void TakeExtension(string urn, JsonNode node)
    {
        if (node is not JsonObject attributes)
        {
            if (!IsEmptyText(node))
            {
                throw ScimException.Value($"{urn} must be an object.");
            }

            return;
        }

        foreach (var (name, value) in attributes)
        {
            if (value is not null)
            {
                var resolved = AttributeNames.ResolveIn(ResourceType.User, urn, name);
                _tolerances.NoteName(resolved);
                Take(resolved, value);
            }
        }
    }

    /// <summary>Takes one attribute, or a part of one.</summary>
    private void Take(AttributeName name, JsonNode node)
    {
        switch (name)
        {
            case AttributeName.Known { Attribute.Mutability: Mutability.ReadOnly or Mutability.WriteOnly }:
                break;
            case AttributeName.Known { Part.Length: > 0 } known:
                TakePart(known, node);
                break;
            case AttributeName.Known { Schema: "", Attribute.Name: "active" } known:
                Once("active");
                Active = IsEmpty(node) ? null : Booleans.Read("active", Single(known.Attribute, node), _tolerances);
                break;
            case AttributeName.Known { Schema: "", Attribute.Name: "externalId" } known:
                Once("externalId");
                ExternalId = IsEmpty(node) ? "" : Single(known.Attribute, node) is JsonValue text && text.GetValueKind() == JsonValueKind.String ? Text(text) : throw ScimException.Value("externalId must be a text.");
                break;
            case AttributeName.Known known:
                Put(known.Schema, known.Attribute, Known(known.Attribute, node));
                break;
            case AttributeName.Unknown { Part: "" } unknown:
                AddTo(unknown.Schema, unknown.Name, unknown.Schema.Length > 0 && IsEmptyText(node) ? null : node.DeepClone());
                break;
            case AttributeName.Unknown unknown:
                throw ScimException.Value($"{unknown.Name}.{unknown.Part} names a part of an attribute that no schema here has. Send {unknown.Name} as an object, or correct the name.");
            case AttributeName.Meaningless nothing:
                throw ScimException.Value(nothing.Sentence);
        }
    }

    /// <summary>A part of a complex attribute by its path as a key, such as "name.givenName".</summary>
    private void TakePart(AttributeName.Known name, JsonNode node)
    {
        if (name.Attribute.MultiValued)
        {
            throw ScimException.Value($"{name.Attribute.Name}.{name.Part} names a part of a list's values. Send {name.Attribute.Name} as a list of objects.");
        }

        if (!IsEmptyText(node))
        {
            Put(name.Schema, name.Attribute, new JsonObject { [name.Part] = node.DeepClone() });
        }
    }

    /// <summary>Puts an attribute in its place. Parts of a complex one may come one by one; each part comes once.</summary>
    private void Put(string schema, SchemaAttribute attribute, JsonNode? node)
    {
        if (node is JsonObject parts && ContainerOf(schema)[attribute.Name] is JsonObject present)
        {
            foreach (var (part, value) in parts)
            {
                Once($"{schema}:{attribute.Name}.{part}", $"{attribute.Name}.{part}");
                present[part] = value?.DeepClone();
            }
        }
        else
        {
            AddTo(schema, attribute.Name, node);
            foreach (var part in (node as JsonObject ?? []).Select(entry => entry.Key))
            {
                Once($"{schema}:{attribute.Name}.{part}", $"{attribute.Name}.{part}");
            }
        }
    }

    private void Add(string name, JsonNode? node) => AddTo("", name, node);

    private void AddTo(string schema, string name, JsonNode? node)
    {
        if (node is not null)
        {
            Once(schema.Length > 0 ? $"{schema}:{name}" : name, name);
            ContainerOf(schema)[name] = node;
        }
    }

    /// <summary>The object that holds a schema's attributes.</summary>
    private JsonObject ContainerOf(string schema)
    {
        if (schema.Length == 0)
        {
            return _profile;
        }

        if (_profile[schema] is not JsonObject container)
        {
            _profile[schema] = container = [];
        }

        return container;
    }

    private void Once(string name, string? shown = null)
    {
        if (!_seen.Add(name))
        {
            throw ScimException.Syntax($"{shown ?? name} is there twice. Send each attribute once.");
        }
    }

    private JsonNode? Known(SchemaAttribute attribute, JsonNode node)
    {
        if (attribute.MultiValued)
        {
            return ReadValues(attribute, node, _tolerances);
        }

        var value = Single(attribute, node);
        return IsEmpty(value) ? null
            : attribute.Type != AttributeType.Complex ? value.DeepClone()
            : value is JsonObject item ? Parts(attribute, item)
            : attribute.Name == "manager" ? Manager(value)
            : throw ScimException.Value($"{attribute.Name} must be an object.");
    }

    /// <summary>The one value of a list of one, where one value belongs.</summary>
    private JsonNode Single(SchemaAttribute attribute, JsonNode node)
    {
        if (node is not JsonArray { Count: 1 } list || list[0] is null)
        {
            return node;
        }

        _tolerances.Note(Tolerated.ListOfOne);
        return list[0]!;
    }

    /// <summary>The values of a list in the form of RFC 7643; null for none.</summary>
    /// <exception cref="ScimException">A value cannot be understood.</exception>
    public static JsonArray? ReadValues(SchemaAttribute attribute, JsonNode? node, Tolerances tolerances) =>
        attribute.Name == "roles" ? RoleShapes.Read(node, tolerances) : node is null ? null : new UserBody(tolerances).Values(attribute, node);

    private JsonArray? Values(SchemaAttribute attribute, JsonNode node)
    {
        if (node is not JsonArray list)
        {
            _tolerances.Note(Tolerated.SingleValue);
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
                _tolerances.Note(Tolerated.EmptyValue);
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
                return attribute.Sub("value") is null || read.ContainsKey("value") || read.Any(entry => !Describes(entry.Key)) ? read : null;
            case JsonValue when item.GetValueKind() == JsonValueKind.String && attribute.Sub("value") is not null:
                _tolerances.Note(Tolerated.TextValue);
                return Text(item).Length == 0 ? null : new() { ["value"] = Text(item) };
            default:
                throw ScimException.Value($"{attribute.Name} must be a list of objects.");
        }
    }

    /// <summary>Whether a part only describes a value that is not there.</summary>
    private static bool Describes(string part) => part is "type" or "primary";

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
                _tolerances.Note(Tolerated.UnknownAttribute);
            }

            var value = known?.Type == AttributeType.Boolean
                ? JsonValue.Create(Booleans.Read($"{attribute.Name}.{known.Name}", node, _tolerances))
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
            AttributeName.Known or AttributeName.Meaningless => throw ScimException.Value($"{name} cannot stand within {attribute.Name}. Send it beside {attribute.Name}, or correct the name."),
            _ => null,
        };

    /// <summary>The manager as the bare id that Entra sends.</summary>
    private JsonNode Manager(JsonNode value)
    {
        if (value.GetValueKind() != JsonValueKind.String)
        {
            throw ScimException.Value("manager must be an object, or the manager's id as a text.");
        }

        _tolerances.Note(Tolerated.TextValue);
        return new JsonObject { ["value"] = Text(value) };
    }

    private static string Text(JsonNode node) => node.GetValue<string>();

    private static bool IsEmptyText(JsonNode node) => node.GetValueKind() == JsonValueKind.String && Text(node).Length == 0;

    /// <summary>Whether a value says nothing: "" or [], as RFC 7643 section 2.5 counts them.</summary>
    private static bool IsEmpty(JsonNode node) => IsEmptyText(node) || node is JsonArray { Count: 0 };
}
