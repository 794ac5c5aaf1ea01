using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Json;
using Provisioning.Schemas;
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
    private readonly UserValues _values;

    private UserBody(Tolerances tolerances) => (_tolerances, _values) = (tolerances, new(tolerances));

    /// <summary>What `active` says; null where the body says nothing.</summary>
    public bool? Active { get; private set; }

    /// <summary>What `externalId` says; null where the body says nothing.</summary>
    public string? ExternalId { get; private set; }

    /// <summary>The profile in the body, for the core to check.</summary>
    public string ProfileText => ProfileJson.WriteRaw(_profile);

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
                    TakeAll(node is JsonObject core && !nested ? core
                        : throw ScimException.Value($"{name} must be an object with the user's attributes."), nested: true);
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
            if (!UserValues.IsEmptyText(node))
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
                Active = UserValues.IsEmpty(node) ? null : Booleans.Read("active", _values.Single(known.Attribute, node), _tolerances);
                break;
            case AttributeName.Known { Schema: "", Attribute.Name: "externalId" } known:
                Once("externalId");
                ExternalId = UserValues.IsEmpty(node) ? ""
                    : _values.Single(known.Attribute, node) is JsonValue text && text.GetValueKind() == JsonValueKind.String
                        ? text.GetValue<string>()
                    : throw ScimException.Value("externalId must be a text.");
                break;
            case AttributeName.Known known:
                Put(known.Schema, known.Attribute, _values.Of(known.Attribute, node));
                break;
            case AttributeName.Unknown { Part: "" } unknown:
                AddTo(unknown.Schema, unknown.Name, unknown.Schema.Length > 0 && UserValues.IsEmptyText(node) ? null : node.DeepClone());
                break;
            case AttributeName.Unknown unknown:
                throw ScimException.Value($"{unknown.Name}.{unknown.Part} names a part of an attribute that no schema here has. Send "
                    + $"{unknown.Name} as an object, or correct the name.");
            case AttributeName.Meaningless nothing:
                throw ScimException.Value(nothing.Sentence);
        }
    }

    /// <summary>A part of a complex attribute by its path as a key, such as "name.givenName".</summary>
    private void TakePart(AttributeName.Known name, JsonNode node)
    {
        if (name.Attribute.MultiValued)
        {
            throw ScimException.Value(
                $"{name.Attribute.Name}.{name.Part} names a part of a list's values. Send {name.Attribute.Name} as a list of objects.");
        }

        if (!UserValues.IsEmptyText(node))
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
}
