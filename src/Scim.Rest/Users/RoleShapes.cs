using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Json;
using Scim.Tolerance;
using Scim.Wire;

namespace Scim.Users;

/// <summary>
/// Roles in the shapes in which providers send them: a list of objects or of texts, one object, one text (also with
/// commas, which the core splits), and Entra's JSON inside a text. Values stay as received; empty ones are none.
/// </summary>
internal static class RoleShapes
{
    /// <summary>The roles as a list; null for none.</summary>
    /// <exception cref="ScimException">A role is neither a text nor an object.</exception>
    public static JsonArray? Read(JsonNode? node, Tolerances tolerances)
    {
        if (node is not null and not JsonArray)
        {
            tolerances.Note(Tolerated.SingleValue);
        }

        var roles = node is null ? [] : (node as JsonArray ?? [node.DeepClone()]).Select(role => ReadRole(role, tolerances)).ToArray();
        if (roles.Contains(null))
        {
            tolerances.Note(Tolerated.EmptyValue);
            roles = [.. roles.Where(role => role is not null)];
        }

        return roles.Length == 0 ? null : new JsonArray(roles);
    }

    /// <summary>The value of one role; null for an empty one.</summary>
    /// <exception cref="ScimException">It is no text.</exception>
    public static JsonNode? ReadValue(JsonNode value, Tolerances tolerances)
    {
        var role = ReadRole(value, tolerances);
        return role is JsonObject read ? read["value"]?.DeepClone() : role;
    }

    private static JsonNode? ReadRole(JsonNode? role, Tolerances tolerances)
    {
        switch (role?.GetValueKind())
        {
            case null:
                return null;
            case JsonValueKind.String:
                tolerances.Note(Tolerated.TextValue);
                return string.IsNullOrWhiteSpace(role.GetValue<string>())
                    ? null
                    : Unwrap(role.GetValue<string>(), tolerances) ?? role.DeepClone();
            case JsonValueKind.Object:
                return ReadObject((JsonObject)role, tolerances);
            default:
                throw ScimException.Value($"roles must be a list of texts or of objects with a value, not {role.ToJsonString()}.");
        }
    }

    /// <summary>One role as an object; null for an empty one.</summary>
    /// <exception cref="ScimException">Its value is no text.</exception>
    public static JsonObject? ReadObject(JsonObject role, Tolerances tolerances)
    {
        var read = new JsonObject();
        foreach (var (name, node) in role)
        {
            if (node is null || (node.GetValueKind() == JsonValueKind.String && node.GetValue<string>().Length == 0))
            {
                continue;
            }

            var known = name.ToLowerInvariant() is "value" or "type" or "display" or "primary" ? name.ToLowerInvariant() : name;
            if (!read.TryAdd(known, known == "primary" ? Booleans.Read("roles.primary", node, tolerances) : node.DeepClone()))
            {
                throw ScimException.Syntax($"roles.{known} is there twice. Send each attribute once.");
            }
        }

        var value = read["value"];
        if (value is not null && value.GetValueKind() != JsonValueKind.String)
        {
            throw ScimException.Value($"roles.value must be a text, not {value.ToJsonString()}.");
        }

        if (string.IsNullOrWhiteSpace(value?.GetValue<string>()))
        {
            // A role that is only shown is known by what it is shown as.
            if (read["display"] is not JsonValue shown || shown.GetValueKind() != JsonValueKind.String
                || string.IsNullOrWhiteSpace(shown.GetValue<string>()))
            {
                return null;
            }

            tolerances.Note(Tolerated.TextValue);
            read["value"] = value = shown.DeepClone();
        }

        if (Unwrap(value.GetValue<string>(), tolerances) is { } inner)
        {
            foreach (var (name, node) in inner)
            {
                read[name] = node?.DeepClone();
            }
        }

        return read;
    }

    /// <summary>{"id":…,"value":…,"displayName":…} as a text, which Entra sends for an app role.</summary>
    private static JsonObject? Unwrap(string text, Tolerances tolerances)
    {
        if (!text.TrimStart().StartsWith('{'))
        {
            return null;
        }

        try
        {
            if (ProfileJson.ParseRaw(text) is not JsonObject inner || inner["value"]?.GetValueKind() != JsonValueKind.String)
            {
                return null;
            }

            tolerances.Note(Tolerated.JsonInText);
            var role = new JsonObject { ["value"] = inner["value"]!.GetValue<string>() };
            if (inner["displayName"]?.GetValueKind() == JsonValueKind.String)
            {
                role["display"] = inner["displayName"]!.GetValue<string>();
            }

            return role;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
