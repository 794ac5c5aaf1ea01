using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Provisioning.Json;
using Provisioning.V1;
using Scim.Wire;

namespace Scim.Users;

/// <summary>A teammate as SCIM's User.</summary>
internal static class UserMapping
{
    /// <summary>The whole user, as every reply shows it: providers merge their changes into what they read.</summary>
    public static JsonObject ToScim(this Teammate teammate, string baseUrl, string location)
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
        if (teammate.Groups.Count > 0)
        {
            user["groups"] = new JsonArray([.. teammate.Groups.Select(group => (JsonNode)new JsonObject
            {
                ["value"] = group.GroupId,
                ["$ref"] = $"{baseUrl}/Groups/{group.GroupId}",
                ["display"] = group.DisplayName,
                ["type"] = "direct",
            })]);
        }

        user["meta"] = Meta.Of("User", teammate.CreateTime, teammate.UpdateTime, location, Version(teammate));
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

    /// <summary>
    /// The teammate's version and, behind a dot, a digest of the groups that are shown: these come and go without a write
    /// of the teammate, and a reader who asks whether anything changed means them too.
    /// </summary>
    public static string Version(Teammate teammate) => teammate.Groups.Count == 0 ? teammate.Etag
        : $"{teammate.Etag}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', teammate.Groups.Select(group => group.GroupId + group.DisplayName)))).AsSpan(0, 6))}";

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
}
