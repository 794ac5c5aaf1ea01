using System.Globalization;
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

    /// <summary>The `meta` of what never changes while the service runs.</summary>
    public static JsonObject Of(string type, string location) => new() { ["resourceType"] = type, ["location"] = location };

    private static string Iso(Timestamp time) => time.ToDateTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
