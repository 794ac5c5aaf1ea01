using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;

namespace Scim.Wire;

/// <summary>The `meta` of resources (RFC 7643 section 3.1).</summary>
internal static class Meta
{
    public static JsonObject Of(string type, Timestamp created, Timestamp modified, string location, string version) => new()
    {
        ["resourceType"] = type,
        ["created"] = Iso(created),
        ["lastModified"] = Iso(modified),
        ["location"] = location,
        ["version"] = $"W/\"{version}\"",
    };

    /// <summary>Writes a resource's `meta` as its member.</summary>
    public static void Write(Utf8JsonWriter json, string type, Timestamp created, Timestamp modified, string location, string version)
    {
        json.WriteStartObject("meta"u8);
        json.WriteString("resourceType"u8, type);
        json.WriteString("created"u8, Iso(created));
        json.WriteString("lastModified"u8, Iso(modified));
        json.WriteString("location"u8, location);
        json.WriteString("version"u8, $"W/\"{version}\"");
        json.WriteEndObject();
    }

    /// <summary>The `meta` of what never changes while the service runs.</summary>
    public static JsonObject Of(string type, string location) => new() { ["resourceType"] = type, ["location"] = location };

    private static string Iso(Timestamp time) =>
        time.ToDateTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
