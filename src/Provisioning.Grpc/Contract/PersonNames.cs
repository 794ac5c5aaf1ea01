using System.Text.Json;
using System.Text.Json.Nodes;

namespace Provisioning.Contract;

/// <summary>What people call a teammate.</summary>
internal static class PersonNames
{
    /// <summary>The display name, else the name in full, else the user name.</summary>
    /// <param name="profile">The profile, as it is stored.</param>
    /// <param name="userName">The user name.</param>
    public static string Of(string profile, string userName)
    {
        using var json = JsonDocument.Parse(profile);
        return Text(json.RootElement,
            "displayName") ?? (json.RootElement.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.Object
            ? Text(name, "formatted") ?? Joined(Text(name, "givenName"), Text(name, "familyName")) : null) ?? userName;
    }

    /// <summary>The same of a profile that is read already.</summary>
    public static string Of(JsonObject profile, string userName) =>
        Text(profile, "displayName") ?? (profile["name"] is JsonObject name
            ? Text(name, "formatted") ?? Joined(Text(name, "givenName"), Text(name, "familyName")) : null) ?? userName;

    private static string? Text(JsonObject json, string property) =>
        json[property] is JsonValue value && value.TryGetValue<string>(out var text) && !string.IsNullOrWhiteSpace(text) ? text : null;

    private static string? Joined(string? given, string? family) => given is null ? family : family is null ? given : $"{given} {family}";

    private static string? Text(JsonElement element, string property) =>
        element.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { } text
            && !string.IsNullOrWhiteSpace(text)
            ? text
            : null;
}
