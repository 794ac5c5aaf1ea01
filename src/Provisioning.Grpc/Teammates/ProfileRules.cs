using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Provisioning.Contract;
using Provisioning.Json;
using Provisioning.Schemas;
using Provisioning.V1;

namespace Provisioning.Teammates;

/// <summary>What a profile must be before it is kept.</summary>
internal static class ProfileRules
{
    private const int MaxUserName = 500, MaxProfile = 256 * 1024;

    /// <summary>How many values a list may have.</summary>
    public const int MaxValues = 500;

    /// <summary>Checks a whole profile, and gives the text of it that is stored.</summary>
    /// <param name="json">Its attributes, as <see cref="ProfileJson.Arrange(JsonObject)"/> gives them.</param>
    /// <param name="stored">The names of raw attributes that the teammate has already: what is stored may stay.</param>
    /// <exception cref="Grpc.Core.RpcException">INVALID_FIELD, naming the attribute.</exception>
    public static string Check(JsonObject json, IReadOnlySet<string> stored)
    {
        CheckUserName(json["userName"]?.GetValue<string>() ?? "");
        foreach (var (name, node) in json)
        {
            if (!ProfileJson.HasField(Profile.Descriptor, name))
            {
                CheckAttribute(name, node, stored);
            }

            CheckValues(name, node);
        }

        CheckParts(Profile.Descriptor, json);
        CheckRoles(json["roles"]);
        var text = ProfileJson.WriteRaw(json);
        return Encoding.UTF8.GetByteCount(text) <= MaxProfile
            ? text
            : throw Failures.InvalidField(
                "profile", $"The profile is larger than {MaxProfile / 1024} KB. Send fewer or shorter attributes.");
    }

    /// <summary>The attributes of a profile in fields, whose raw parts are JSON and name no field.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_FIELD, naming the attribute.</exception>
    public static JsonObject Open(Profile profile)
    {
        CheckRawParts(profile);
        return ProfileJson.Write(profile);
    }

    private static void CheckUserName(string userName)
    {
        if (string.IsNullOrWhiteSpace(userName))
        {
            throw Failures.InvalidField("userName", "userName is required. Map it to the user's e-mail address in the identity provider.");
        }

        if (userName.Length > MaxUserName)
        {
            throw Failures.InvalidField("userName", $"userName is longer than {MaxUserName} characters.");
        }
    }

    /// <summary>Checks the raw parts of whatever a profile holds.</summary>
    private static void CheckRawParts(IMessage message, bool isRole = false)
    {
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            switch (field.Accessor.GetValue(message))
            {
                case IDictionary<string, string> map:
                    foreach (var (name, raw) in map)
                    {
                        CheckName(message, isRole, name);
                        CheckRaw(name, raw);
                    }

                    break;
                case System.Collections.IList { Count: > 0 } list:
                    foreach (var item in list.OfType<IMessage>())
                    {
                        CheckRawParts(item, isRole: message is Profile && field.FieldNumber == Profile.RolesFieldNumber);
                    }

                    break;
                case IMessage inner:
                    CheckRawParts(inner);
                    break;
            }
        }
    }

    /// <summary>
    /// A raw part must not hide a field. A stored role may have parts of other types than the contract's, which a read gives as raw ones:
    /// they may come back.
    /// </summary>
    private static void CheckName(IMessage message, bool isRole, string name)
    {
        var isOfRole = isRole && message is MultiValue role && name switch
        {
            "value" => role.Value.Length == 0,
            "display" => role.Display.Length == 0,
            "type" => role.Type.Length == 0,
            "primary" => !role.HasPrimary,
            _ => false,
        };
        if (message is Profile && ProfileJson.HasField(Profile.Descriptor, name))
        {
            throw NotRaw(name);
        }

        if (message is not Profile && !isOfRole)
        {
            CheckPart(message.Descriptor, name);
        }
    }

    /// <summary>Checks the parts that have no field of whatever a profile holds.</summary>
    private static void CheckParts(MessageDescriptor type, JsonObject json)
    {
        foreach (var (name, node) in json)
        {
            if (ProfileJson.TypeOf(type, name) is { } inner)
            {
                foreach (var item in node is JsonArray list ? list.OfType<JsonObject>() : node is JsonObject one ? [one] : [])
                {
                    CheckParts(inner, item);
                }
            }
            else if (type != Profile.Descriptor && !ProfileJson.HasField(type, name))
            {
                CheckPart(type, name);
                CheckDepth(name, node);
            }
        }
    }

    /// <summary>
    /// Checks an attribute that comes as raw JSON. It is a plain name that no schema has, or an extension: a URN of another schema with
    /// an object. A name that means an attribute with a field of its own is refused, in whatever form: kept as something else, it would
    /// be neither what was sent nor noticed.
    /// </summary>
    private static void CheckAttribute(string name, JsonNode? value, IReadOnlySet<string> stored)
    {
        CheckDepth(name, value);
        if (name.Length is 0 or > MaxUserName)
        {
            throw Failures.InvalidField(
                name.Length == 0 ? "extensions_json" : name[..100], $"An attribute's name must have 1 to {MaxUserName} characters.");
        }

        if (stored.Contains(name))
        {
            return;
        }

        switch (AttributeNames.Resolve(ResourceType.User, name))
        {
            case AttributeName.Unknown { Schema: "", Part: "" }:
            case AttributeName.Foreign when value is JsonObject:
                return;
            case AttributeName.Foreign:
                throw Failures.InvalidField(name,
                    $"{name} is no attribute of teammates, and an extension must be an object. Correct the name, or send the extension's "
                        + "URN with an object.");
            case AttributeName.Meaningless nothing:
                throw Failures.InvalidField(name, nothing.Sentence);
            default:
                throw NotRaw(name);
        }
    }

    /// <summary>Raw parts hold what has no field.</summary>
    private static void CheckPart(MessageDescriptor type, string name)
    {
        if (name.Length is 0 or > MaxUserName || ProfileJson.HasField(type, name)
            || (type == EnterpriseUser.Descriptor
                && AttributeNames.ResolveIn(ResourceType.User, ProfileJson.EnterpriseSchema,
                    name) is not AttributeName.Unknown { Part: "" }))
        {
            throw Failures.InvalidField(name.Length == 0 ? "other_json" : name,
                $"\"{name}\" cannot be given as a raw attribute: it has a field of its own, is another schema's, or is no name.");
        }
    }

    private static void CheckRoles(JsonNode? roles)
    {
        if (roles is JsonArray list && !list.All(IsRole))
        {
            throw Failures.InvalidField("roles", "roles must be a list of texts, or of objects whose value is a text.");
        }

        CheckDepth("roles", roles);
    }

    private static bool IsRole(JsonNode? role) => role switch
    {
        JsonObject item => item["value"]?.GetValueKind() is null or JsonValueKind.String,
        _ => role?.GetValueKind() == JsonValueKind.String,
    };

    /// <summary>Checks that a text is one JSON value.</summary>
    private static void CheckRaw(string name, string raw)
    {
        try
        {
            if (raw.Length > 0)
            {
                _ = ProfileJson.ParseRaw(raw);
                return;
            }
        }
        catch (JsonException)
        {
            // Not JSON, which is said below.
        }

        throw NotUsable(name);
    }

    /// <summary>Checks that a value could be read again.</summary>
    private static void CheckDepth(string name, JsonNode? node)
    {
        if (DepthOf(node) > ProfileJson.MaxDepth)
        {
            throw NotUsable(name);
        }
    }

    private static int DepthOf(JsonNode? node)
    {
        var inner = 0;
        switch (node)
        {
            case JsonObject item:
                foreach (var (_, value) in item)
                {
                    inner = Math.Max(inner, DepthOf(value));
                }

                return inner + 1;
            case JsonArray list:
                foreach (var value in list)
                {
                    inner = Math.Max(inner, DepthOf(value));
                }

                return inner + 1;
            default:
                return 0;
        }
    }

    private static Grpc.Core.RpcException NotRaw(string name) => Failures.InvalidField(
        name, $"\"{name}\" cannot be given as a raw attribute: it has a field of its own, or is not the profile's.");

    private static Grpc.Core.RpcException NotUsable(string name) => Failures.InvalidField(
        name, $"{name} is not usable JSON: one value without duplicate keys, at most {ProfileJson.MaxDepth} levels deep.");

    private static void CheckValues(string name, JsonNode? node)
    {
        if (node is not JsonArray list)
        {
            return;
        }

        if (list.Count > MaxValues)
        {
            throw Failures.InvalidField(name, $"{name} has more than {MaxValues} values.");
        }

        if (list.OfType<JsonObject>().Count(item => item.TryGetPropertyValue("primary", out var primary)
            && primary?.GetValueKind() == JsonValueKind.True) > 1)
        {
            throw Failures.InvalidField(name, $"{name} has more than one primary value. Mark only one as primary.");
        }
    }
}
