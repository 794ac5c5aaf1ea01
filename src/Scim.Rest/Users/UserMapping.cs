using System.Globalization;
using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;
using Provisioning.Json;
using Provisioning.V1;

namespace Scim.Users;

/// <summary>A teammate as SCIM's User.</summary>
internal static class UserMapping
{
    /// <summary>The whole user, as every reply shows it: providers merge their changes into what they read.</summary>
    public static JsonObject ToScim(this Teammate teammate, string baseUrl)
    {
        var user = new JsonObject { ["schemas"] = new JsonArray(), ["id"] = teammate.Id };
        if (teammate.ExternalId.Length > 0)
        {
            user["externalId"] = teammate.ExternalId;
        }

        var schemas = new List<string> { ProfileJson.UserSchema };
        foreach (var (name, node) in Detached(ProfileJson.Write(teammate.Profile)))
        {
            user[name] = node;
            if (name.StartsWith("urn:", StringComparison.OrdinalIgnoreCase))
            {
                schemas.Add(name);
            }
        }

        user["schemas"] = new JsonArray([.. schemas.Select(urn => (JsonNode)urn)]);
        user["active"] = teammate.State == Teammate.Types.State.Active;
        user["meta"] = new JsonObject
        {
            ["resourceType"] = "User",
            ["created"] = Iso(teammate.CreateTime),
            ["lastModified"] = Iso(teammate.UpdateTime),
            ["location"] = Location(teammate.Id, baseUrl),
            ["version"] = ETag(teammate),
        };
        return user;
    }

    /// <summary>What PATCH works on: the attributes that a client may set.</summary>
    public static JsonObject ToEditable(this Teammate teammate)
    {
        var user = ProfileJson.Write(teammate.Profile);
        user["active"] = teammate.State == Teammate.Types.State.Active;
        if (teammate.ExternalId.Length > 0)
        {
            user["externalId"] = teammate.ExternalId;
        }

        return user;
    }

    public static string Location(string id, string baseUrl) => $"{baseUrl}/Users/{id}";

    public static string ETag(Teammate teammate) => $"W/\"{teammate.Etag}\"";

    public static Teammate.Types.State StateOf(bool? active) => active switch
    {
        null => Teammate.Types.State.Unspecified,
        true => Teammate.Types.State.Active,
        false => Teammate.Types.State.Blocked,
    };

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Detached(JsonObject item)
    {
        var entries = item.ToArray();
        item.Clear();
        return entries;
    }

    private static string Iso(Timestamp time) => time.ToDateTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
