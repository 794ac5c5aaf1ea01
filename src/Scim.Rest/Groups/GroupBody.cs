using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Schemas;
using Provisioning.V1;
using Scim.Tolerance;
using Scim.Wire;

namespace Scim.Groups;

/// <summary>
/// A group as providers really send it. What no schema of groups names is passed over, as Okta's and Entra's own
/// extensions are; so is what only this service sets.
/// </summary>
/// <param name="DisplayName">The name; empty where the body says nothing.</param>
/// <param name="ExternalId">What `externalId` says; null where the body says nothing.</param>
/// <param name="Members">The members; of none where the body says nothing.</param>
internal sealed record GroupBody(string DisplayName, string? ExternalId, TeammateIds Members)
{
    /// <summary>Reads a group as a request's body.</summary>
    /// <exception cref="ScimException">A value cannot be understood.</exception>
    public static GroupBody ReadRequest(JsonObject body, Tolerances tolerances)
    {
        SchemasMember.Check(body, ResourceType.Group, tolerances);
        var known = new Dictionary<string, JsonNode?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, node) in Flat(body, tolerances))
        {
            if (ResourceType.Group.FindCore(name) is null)
            {
                tolerances.Note(name.StartsWith("urn:", StringComparison.OrdinalIgnoreCase) ? Tolerated.UnknownSchema : Tolerated.UnknownAttribute);
            }
            else if (!known.TryAdd(name, node))
            {
                throw ScimException.Syntax($"{name} is there twice. Send each attribute once.");
            }
        }

        return new(
            Text("displayName", known.GetValueOrDefault("displayName")) ?? "",
            Text("externalId", known.GetValueOrDefault("externalId")),
            GroupMembers.Read(known.GetValueOrDefault("members"), tolerances));
    }

    /// <summary>A text, or null.</summary>
    /// <exception cref="ScimException">It is something else.</exception>
    public static string? Text(string name, JsonNode? node) => node?.GetValueKind() switch
    {
        null => null,
        JsonValueKind.String => node.GetValue<string>(),
        _ => throw ScimException.Value($"{name} must be a text."),
    };

    /// <summary>The body's attributes, also those nested under the core schema's URN.</summary>
    private static IEnumerable<KeyValuePair<string, JsonNode?>> Flat(JsonObject body, Tolerances tolerances)
    {
        foreach (var entry in body)
        {
            if (entry.Value is null || !entry.Key.Equals(GroupSchemas.GroupSchema, StringComparison.OrdinalIgnoreCase))
            {
                yield return entry;
                continue;
            }

            tolerances.Note(Tolerated.NestedCore);
            foreach (var inner in entry.Value is JsonObject nested && nested.Member(entry.Key) is null ? nested
                : throw ScimException.Value($"{entry.Key} must be an object with the group's attributes."))
            {
                yield return inner;
            }
        }
    }
}
