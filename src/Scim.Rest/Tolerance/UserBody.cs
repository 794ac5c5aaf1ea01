using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Json;
using Provisioning.Schemas;
using Provisioning.V1;
using Scim.Wire;

namespace Scim.Tolerance;

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

    private void TakeAll(JsonObject body, bool nested)
    {
        foreach (var (name, node) in body)
        {
            var known = ResourceType.User.FindCore(name);
            if (node is null || known is { Mutability: Mutability.ReadOnly or Mutability.WriteOnly })
            {
                continue;
            }

            if (name.Equals(ProfileJson.UserSchema, StringComparison.OrdinalIgnoreCase))
            {
                _tolerances.Note(Tolerated.NestedCore);
                TakeAll(node is JsonObject core && !nested ? core : throw ScimException.Value($"{name} must be an object with the user's attributes."), nested: true);
            }
            else
            {
                Take(known, name, node);
            }
        }
    }

    private void Take(SchemaAttribute? known, string name, JsonNode node)
    {
        switch (known?.Name)
        {
            case "active":
                Once("active");
                Active = IsEmptyText(node) ? null : Booleans.Read("active", node, _tolerances);
                break;
            case "externalId":
                Once("externalId");
                ExternalId = node.GetValueKind() == JsonValueKind.String ? Text(node) : throw ScimException.Value("externalId must be a text.");
                break;
            case "roles":
                Add("roles", RoleShapes.Read(node, _tolerances));
                break;
            case null when name.Equals(ProfileJson.EnterpriseSchema, StringComparison.OrdinalIgnoreCase):
                Add(ProfileJson.EnterpriseSchema, Enterprise(node));
                break;
            default:
                if (known is null)
                {
                    _tolerances.Note(name.StartsWith("urn:", StringComparison.OrdinalIgnoreCase) ? Tolerated.UnknownSchema : Tolerated.UnknownAttribute);
                }

                Add(known?.Name ?? name, Known(known, name, node));
                break;
        }
    }

    private void Add(string name, JsonNode? node)
    {
        if (node is null)
        {
            return;
        }

        Once(name);
        _profile[name] = node;
    }

    private void Once(string name)
    {
        if (!_seen.Add(name))
        {
            throw ScimException.Syntax($"{name} is there twice. Send each attribute once.");
        }
    }

    private JsonNode? Known(SchemaAttribute? attribute, string name, JsonNode node) => attribute switch
    {
        null => node.DeepClone(),
        { MultiValued: true } => Values(attribute, node),
        { Type: AttributeType.Complex } => node is JsonObject item ? Parts(attribute, item) : IsEmptyText(node) ? null : throw ScimException.Value($"{name} must be an object."),
        _ => IsEmptyText(node) ? null : node.DeepClone(),
    };

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
    private static bool Describes(string part) => part is "type" or "primary" or "display";

    private JsonObject Parts(SchemaAttribute attribute, JsonObject item)
    {
        var parts = new JsonObject();
        foreach (var (name, node) in item)
        {
            var known = attribute.Sub(name);
            if (node is null || IsEmptyText(node))
            {
                continue;
            }

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

    private JsonObject? Enterprise(JsonNode node)
    {
        if (node is not JsonObject item)
        {
            return IsEmptyText(node) ? null : throw ScimException.Value($"{ProfileJson.EnterpriseSchema} must be an object.");
        }

        var extension = new JsonObject();
        foreach (var (name, value) in item)
        {
            if (value is null || IsEmptyText(value))
            {
                continue;
            }

            var known = UserSchemas.Enterprise.Find(name);
            if (known is null)
            {
                _tolerances.Note(Tolerated.UnknownAttribute);
            }

            if (!extension.TryAdd(known?.Name ?? name, known?.Type == AttributeType.Complex ? Manager(value) : value.DeepClone()))
            {
                throw ScimException.Syntax($"{name} is there twice. Send each attribute once.");
            }
        }

        return extension.Count == 0 ? null : extension;
    }

    /// <summary>The manager as an object, or as the bare id that Entra sends.</summary>
    private JsonNode Manager(JsonNode value)
    {
        if (value.GetValueKind() != JsonValueKind.String)
        {
            return value.DeepClone();
        }

        _tolerances.Note(Tolerated.TextValue);
        return new JsonObject { ["value"] = Text(value) };
    }

    private static string Text(JsonNode node) => node.GetValue<string>();

    private static bool IsEmptyText(JsonNode node) => node.GetValueKind() == JsonValueKind.String && Text(node).Length == 0;
}
