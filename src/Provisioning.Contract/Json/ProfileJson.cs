using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Provisioning.V1;

namespace Provisioning.Json;

/// <summary>
/// A <see cref="Profile"/> as the SCIM-named JSON that it stands for (RFC 7643 section 8.2), both ways: raw parts are
/// spliced in where they belong, and what the contract does not name is kept verbatim.
/// </summary>
public static class ProfileJson
{
    /// <summary>URN of the core user schema (RFC 7643 section 4.1).</summary>
    public const string UserSchema = "urn:ietf:params:scim:schemas:core:2.0:User";

    /// <summary>URN of the enterprise user extension (RFC 7643 section 4.3).</summary>
    public const string EnterpriseSchema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    /// <summary>How deep a raw value may nest.</summary>
    public const int MaxDepth = 32;

    /// <summary>How JSON is written everywhere: compact, and with letters as themselves.</summary>
    public static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>How raw JSON is read everywhere: no duplicate keys, bounded depth.</summary>
    public static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    private const int RolesField = Profile.RolesFieldNumber;
    private const int EnterpriseField = Profile.EnterpriseFieldNumber;
    private static readonly ConcurrentDictionary<MessageDescriptor, Shape> Shapes = new();

    /// <summary>Writes the attributes of a profile, without `schemas`, `id` and `meta`.</summary>
    public static JsonObject Write(Profile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return WriteMessage(profile);
    }

    /// <summary>Reads a profile from the text of a JSON object whose attribute names may come in any letter case.</summary>
    /// <exception cref="TeammateFormatException">An attribute the contract knows has a value of another type.</exception>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public static Profile Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var profile = new Profile();
        ReadMessage(profile, document.RootElement, "");
        return profile;
    }

    /// <summary>
    /// A profile's attributes as <see cref="Write"/> would write them: in the contract's letters and order, then the others by name. What
    /// is null or empty goes.
    /// </summary>
    /// <param name="json">The attributes, whose names may come in any letter case. It is taken apart.</param>
    /// <exception cref="TeammateFormatException">An attribute the contract knows has a value of another type.</exception>
    public static JsonObject Arrange(JsonObject json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return Arrange(Profile.Descriptor, json, "");
    }

    /// <summary>
    /// The names in a profile's attributes that no schema has, those of known schemas' parts with the path to them. Extensions of others
    /// are no misspelt names: a URN says what they are.
    /// </summary>
    /// <param name="json">The attributes, as <see cref="Arrange(JsonObject)"/> gives them.</param>
    public static IEnumerable<string> UnknownNames(JsonObject json) =>
        UnknownNames(Profile.Descriptor, json, "");

    /// <summary>Parses raw JSON as <see cref="Strict"/> says.</summary>
    /// <exception cref="JsonException">It is not JSON, nests too deep or repeats a key.</exception>
    public static JsonNode? ParseRaw(string json) => JsonNode.Parse(json, documentOptions: Strict);

    /// <summary>Writes raw JSON as <see cref="Compact"/> says; null for JSON's null.</summary>
    public static string WriteRaw(JsonNode? node) => node?.ToJsonString(Compact) ?? "null";

    /// <summary>Whether a message of the profile has a field for an attribute, in any letter case: raw parts may not name it.</summary>
    public static bool HasField(MessageDescriptor type, string attribute) => ShapeOf(type).ByName.ContainsKey(attribute);

    /// <summary>
    /// The message of an attribute that has parts with fields of their own; null for any other. Roles are kept as they came.
    /// </summary>
    public static MessageDescriptor? TypeOf(MessageDescriptor type, string attribute) =>
        ShapeOf(type).ByName.TryGetValue(attribute, out var field) && field.FieldType == FieldType.Message && !IsRoles(field)
            ? field.MessageType : null;

    private static JsonObject WriteMessage(IMessage message)
    {
        var shape = ShapeOf(message.Descriptor);
        var json = new JsonObject();
        foreach (var (name, field) in shape.Fields)
        {
            if (Value(message, field) is { } value)
            {
                json[name] = value;
            }
        }

        if (shape.Others is { } others && Map(message, others) is { Count: > 0 } map)
        {
            foreach (var (name, raw) in map.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            {
                json[name] = ParseRaw(raw);
            }
        }

        return json;
    }

    private static JsonObject Arrange(MessageDescriptor type, JsonObject json, string path)
    {
        var shape = ShapeOf(type);
        var (known, isKnown) = (new JsonNode?[shape.Fields.Length], new bool[shape.Fields.Length]);
        var others = new List<KeyValuePair<string, JsonNode?>>();
        var members = json.ToArray();
        json.Clear();
        foreach (var (name, node) in members.Where(member => member.Value is not null))
        {
            if (shape.ByName.TryGetValue(name, out var field))
            {
                var place = shape.Places[field];
                known[place] = !isKnown[place] ? Arrange(field, node!, path, name)
                    : throw new TeammateFormatException(path.Length == 0 ? name : $"{path}.{name}", "given once");
                isKnown[place] = true;
            }
            else if (shape.Others is not null)
            {
                others.Add(new(name, node));
            }
        }

        others.Sort((one, other) => string.CompareOrdinal(one.Key, other.Key));
        return new(shape.Fields.Zip(known, (each, node) => KeyValuePair.Create(each.Name, node)).Where(each => each.Value is not null)
            .Concat(others));
    }

    /// <summary>A field's value; null for one that says nothing.</summary>
    private static JsonNode? Arrange(FieldDescriptor field, JsonNode node, string path, string name)
    {
        var kind = node.GetValueKind();
        if (field.IsRepeated)
        {
            if (node is not JsonArray list)
            {
                throw new TeammateFormatException(At(), "a list");
            }

            return list.Count == 0 ? null : IsRoles(field) ? ArrangeRoles(list, At()) : ArrangeItems(field, list, At());
        }

        if (field.FieldType == FieldType.Message)
        {
            var inner = Arrange(field.MessageType, node as JsonObject ?? throw new TeammateFormatException(At(), "an object"), At());
            return inner.Count == 0 ? null : inner;
        }

        return (field.FieldType, kind) switch
        {
            (FieldType.Bool, JsonValueKind.True or JsonValueKind.False) => node,
            (FieldType.Bool, _) => throw new TeammateFormatException(At(), "true or false"),
            (_, JsonValueKind.String) => node.GetValue<string>().Length == 0 ? null : node,
            _ => throw new TeammateFormatException(At(), "a text"),
        };

        string At() => path.Length == 0 ? name : $"{path}.{name}";
    }

    private static JsonArray ArrangeItems(FieldDescriptor field, JsonArray list, string at)
    {
        var items = list.ToArray();
        list.Clear();
        return new([.. items.Select((item, index) => Arrange(
            field.MessageType, item as JsonObject ?? throw new TeammateFormatException($"{at}[{index}]", "an object"), $"{at}[{index}]"))]);
    }

    /// <summary>Roles as they came, texts or objects, with the names of known parts in the schema's letters.</summary>
    private static JsonArray ArrangeRoles(JsonArray roles, string at)
    {
        foreach (var (index, role) in roles.Index())
        {
            if (role is not JsonObject item || item.All(part => NameOfPart(part.Key) == part.Key))
            {
                continue;
            }

            var parts = item.ToArray();
            item.Clear();
            foreach (var (name, node) in parts)
            {
                if (!item.TryAdd(NameOfPart(name), node))
                {
                    throw new TeammateFormatException($"{at}[{index}].{name}", "given once");
                }
            }
        }

        return roles;

        static string NameOfPart(string name) =>
            ShapeOf(MultiValue.Descriptor).ByName.TryGetValue(name, out var field) ? NameOf(field) : name;
    }

    private static IEnumerable<string> UnknownNames(MessageDescriptor type, JsonObject json, string path)
    {
        var shape = ShapeOf(type);
        foreach (var (name, node) in json)
        {
            if (!shape.ByName.TryGetValue(name, out var field))
            {
                if (path.Length > 0 || !name.StartsWith("urn:", StringComparison.OrdinalIgnoreCase))
                {
                    yield return path + name;
                }
            }
            else if (field.FieldType == FieldType.Message && !IsRoles(field))
            {
                var at = path + name + (name == EnterpriseSchema ? ":" : ".");
                foreach (var unknown in (node is JsonArray list ? list.OfType<JsonObject>() : node is JsonObject inner ? [inner] : [])
                    .SelectMany(each => UnknownNames(field.MessageType, each, at)))
                {
                    yield return unknown;
                }
            }
        }
    }

    private static JsonNode? Value(IMessage message, FieldDescriptor field)
    {
        var value = field.Accessor.GetValue(message);
        return value switch
        {
            string text => text.Length == 0 ? null : JsonValue.Create(text),
            bool flag => field.Accessor.HasValue(message) ? JsonValue.Create(flag) : null,
            System.Collections.IList { Count: 0 } => null,
            System.Collections.IList list => new JsonArray([.. list.Cast<IMessage>().Select(item => (JsonNode?)WriteMessage(item))]),
            IMessage inner => WriteMessage(inner) is { Count: > 0 } written ? written : null,
            _ => null,
        };
    }

    private static void ReadMessage(IMessage message, JsonElement json, string path)
    {
        var shape = ShapeOf(message.Descriptor);
        foreach (var member in json.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            if (shape.ByName.TryGetValue(member.Name, out var field))
            {
                ReadField(message, field, member, path);
            }
            else if (shape.Others is { } others)
            {
                Map(message, others)[member.Name] = member.Value.GetRawText();
            }
        }
    }

    /// <summary>Reads a field from a member, whose whole path is made only where something is said of it.</summary>
    private static void ReadField(IMessage message, FieldDescriptor field, JsonProperty member, string path)
    {
        var value = member.Value;
        if (IsRoles(field))
        {
            CheckList();
            ((Profile)message).Roles.AddRange(value.EnumerateArray().Select(ReadRole));
        }
        else if (field.IsRepeated)
        {
            CheckList();
            var list = (System.Collections.IList)field.Accessor.GetValue(message);
            foreach (var (index, item) in value.EnumerateArray().Index())
            {
                list.Add(ReadInner(field, item, $"{At()}[{index}]"));
            }
        }
        else if (field.FieldType == FieldType.Message)
        {
            field.Accessor.SetValue(message, ReadInner(field, value, At()));
        }
        else
        {
            field.Accessor.SetValue(message, (field.FieldType, value.ValueKind) switch
            {
                (FieldType.String, JsonValueKind.String) => value.GetString()!,
                (FieldType.Bool, JsonValueKind.True) => true,
                (FieldType.Bool, JsonValueKind.False) => false,
                (FieldType.Bool, _) => throw new TeammateFormatException(At(), "true or false"),
                _ => throw new TeammateFormatException(At(), "a text"),
            });
        }

        string At() => path.Length == 0 ? member.Name : $"{path}.{member.Name}";

        void CheckList()
        {
            if (value.ValueKind != JsonValueKind.Array)
            {
                throw new TeammateFormatException(At(), "a list");
            }
        }
    }

    private static IMessage ReadInner(FieldDescriptor field, JsonElement value, string at)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new TeammateFormatException(at, "an object");
        }

        var inner = (IMessage)Activator.CreateInstance(field.MessageType.ClrType)!;
        ReadMessage(inner, value, at);
        return inner;
    }

    /// <summary>A role as a text or an object, whose other parts are kept whatever they are.</summary>
    private static MultiValue ReadRole(JsonElement role)
    {
        var read = new MultiValue { Value = role.ValueKind == JsonValueKind.String ? role.GetString()! : "" };
        foreach (var part in role.ValueKind == JsonValueKind.Object ? role.EnumerateObject() : default)
        {
            switch (part.Name, part.Value.ValueKind)
            {
                case ("value", JsonValueKind.String):
                    read.Value = part.Value.GetString()!;
                    break;
                case ("display", JsonValueKind.String):
                    read.Display = part.Value.GetString()!;
                    break;
                case ("type", JsonValueKind.String):
                    read.Type = part.Value.GetString()!;
                    break;
                case ("primary", JsonValueKind.True or JsonValueKind.False):
                    read.Primary = part.Value.GetBoolean();
                    break;
                default:
                    read.OtherJson[part.Name] = part.Value.GetRawText();
                    break;
            }
        }

        return read;
    }

    private static bool IsRoles(FieldDescriptor field) =>
        field.FieldNumber == RolesField && field.ContainingType == Profile.Descriptor;

    private static IDictionary<string, string> Map(IMessage message, FieldDescriptor field) =>
        (IDictionary<string, string>)field.Accessor.GetValue(message);

    private static Shape ShapeOf(MessageDescriptor descriptor) => Shapes.GetOrAdd(descriptor, static type =>
    {
        var fields = type.Fields.InFieldNumberOrder().Where(field => !field.IsMap)
            .Select(field => (Name: NameOf(field), field)).ToArray();
        var byName = fields.ToDictionary(entry => entry.Name, entry => entry.field, StringComparer.OrdinalIgnoreCase);
        var places = fields.Index().ToDictionary(entry => entry.Item.field, entry => entry.Index);
        return new(fields, byName, places, type.Fields.InFieldNumberOrder().SingleOrDefault(field => field.IsMap));
    });

    private static string NameOf(FieldDescriptor field) =>
        field.ContainingType == Profile.Descriptor && field.FieldNumber == EnterpriseField ? EnterpriseSchema
        : field.ContainingType == EnterpriseManager.Descriptor && field.FieldNumber == EnterpriseManager.RefFieldNumber ? "$ref"
        : field.JsonName;

    private sealed record Shape(
        (string Name, FieldDescriptor Field)[] Fields, Dictionary<string, FieldDescriptor> ByName, Dictionary<FieldDescriptor, int> Places,
        FieldDescriptor? Others);
}

/// <summary>An attribute holds a value of a type that it cannot have.</summary>
/// <param name="attribute">The attribute, such as "emails[0].value".</param>
/// <param name="expected">What it takes, such as "a text".</param>
public sealed class TeammateFormatException(string attribute, string expected)
    : FormatException($"{attribute} must be {expected}.")
{
    /// <summary>The attribute, such as "emails[0].value".</summary>
    public string Attribute { get; } = attribute;
}
