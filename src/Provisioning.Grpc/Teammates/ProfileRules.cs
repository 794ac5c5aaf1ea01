using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Json;
using Provisioning.V1;

namespace Provisioning.Teammates;

/// <summary>What a profile must be before it is kept.</summary>
internal static class ProfileRules
{
    private static readonly string[] Common = ["id", "externalId", "meta", "schemas", "active", "groups", "password"];

    private const int MaxUserName = 500, MaxExternalId = 1_000, MaxProfile = 256 * 1024, MaxValues = 500;

    /// <summary>Checks a whole profile and gives its JSON, and the text of it that is stored.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_FIELD, naming the field by its SCIM name.</exception>
    public static (JsonObject Json, string Text) Check(Profile profile)
    {
        CheckUserName(profile.UserName);
        CheckTexts(profile, "");
        CheckRoles(profile.RolesJson);
        var json = ProfileJson.Write(profile);
        foreach (var (name, node) in json)
        {
            CheckValues(name, node);
        }

        var text = ProfileJson.WriteRaw(json);
        return Encoding.UTF8.GetByteCount(text) <= MaxProfile
            ? (json, text)
            : throw Failures.InvalidField("profile", $"The profile is larger than {MaxProfile / 1024} KB. Send fewer or shorter attributes.");
    }

    /// <summary>Checks an external id.</summary>
    public static void CheckExternalId(string externalId)
    {
        if (externalId.Length > MaxExternalId || !Folding.IsStorable(externalId))
        {
            throw Failures.InvalidField("externalId", $"externalId must be at most {MaxExternalId} characters without U+0000.");
        }
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

    /// <summary>Every text, raw JSON included, must be storable on every engine.</summary>
    private static void CheckTexts(IMessage message, string path)
    {
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            switch (field.Accessor.GetValue(message))
            {
                case string text when !Folding.IsStorable(text):
                    throw Failures.InvalidField(path + field.JsonName, $"{path}{field.JsonName} holds a character that cannot be stored (U+0000 or half of a surrogate pair).");
                case IDictionary<string, string> map:
                    foreach (var (name, raw) in map)
                    {
                        CheckName(message, name);
                        CheckRaw(name, raw, null);
                    }

                    break;
                case System.Collections.IList { Count: > 0 } list:
                    foreach (var item in list.OfType<IMessage>())
                    {
                        CheckTexts(item, $"{path}{field.JsonName}.");
                    }

                    break;
                case IMessage inner:
                    CheckTexts(inner, $"{path}{field.JsonName}.");
                    break;
            }
        }
    }

    /// <summary>Raw parts hold what has no field, and nothing that every SCIM resource has (RFC 7643 section 3.1).</summary>
    private static void CheckName(IMessage message, string name)
    {
        if (name.Length is 0 or > MaxUserName || ProfileJson.HasField(message.Descriptor, name)
            || (message is Profile && Common.Contains(name, StringComparer.OrdinalIgnoreCase)))
        {
            throw Failures.InvalidField(name.Length == 0 ? "extensions" : name, $"\"{name}\" cannot be given as a raw attribute: it has a field of its own, is not the profile's, or is no name.");
        }
    }

    private static void CheckRoles(string raw)
    {
        if (CheckRaw("roles", raw, JsonValueKind.Array) is JsonArray roles && !roles.All(IsRole))
        {
            throw Failures.InvalidField("roles", "roles must be a list of texts, or of objects whose value is a text.");
        }
    }

    private static bool IsRole(JsonNode? role) => role switch
    {
        JsonObject item => item["value"]?.GetValueKind() is null or JsonValueKind.String,
        _ => role?.GetValueKind() == JsonValueKind.String,
    };

    /// <summary>Checks raw JSON, and gives what it says; null for nothing.</summary>
    private static JsonNode? CheckRaw(string name, string raw, JsonValueKind? kind)
    {
        try
        {
            if (raw.Length > 0 && Folding.IsStorable(name) && Folding.IsStorable(raw) && ProfileJson.ParseRaw(raw) is var node && (kind is null || node?.GetValueKind() == kind) && TextsAreStorable(node))
            {
                return node;
            }

            if (raw.Length == 0 && kind is not null)
            {
                return null;
            }
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // Not JSON, or a text in it is half of a surrogate pair: both are said below.
        }

        throw Failures.InvalidField(name, $"{name} is not usable JSON: {(kind is null ? "one value" : "a list")} without duplicate keys, at most {ProfileJson.MaxDepth} levels deep.");
    }

    private static bool TextsAreStorable(JsonNode? node) => node switch
    {
        JsonObject item => item.All(entry => Folding.IsStorable(entry.Key) && TextsAreStorable(entry.Value)),
        JsonArray list => list.All(TextsAreStorable),
        JsonValue value => !value.TryGetValue<string>(out var text) || Folding.IsStorable(text),
        _ => true,
    };

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

        if (list.OfType<JsonObject>().Count(item => item.TryGetPropertyValue("primary", out var primary) && primary?.GetValueKind() == JsonValueKind.True) > 1)
        {
            throw Failures.InvalidField(name, $"{name} has more than one primary value. Mark only one as primary.");
        }
    }
}
