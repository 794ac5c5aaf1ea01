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
/// <param name="Members">The members; null where the body says nothing.</param>
internal sealed record GroupBody(string DisplayName, string? ExternalId, TeammateIds? Members)
{
    /// <summary>Reads a group as a request's body.</summary>
    /// <exception cref="ScimException">A value cannot be understood.</exception>
    public static GroupBody ReadRequest(JsonObject body, Tolerances tolerances)
    {
        SchemasMember.Check(body, ResourceType.Group, tolerances);
        var known = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        Take(body, known, tolerances, nested: false);
        return new(
            Text("displayName", known.GetValueOrDefault("displayName")) ?? "",
            Text("externalId", known.GetValueOrDefault("externalId")),
            known.GetValueOrDefault("members") is { } members ? GroupMembers.Read(members, tolerances) : null);
    }

    /// <summary>A text, or null.</summary>
    /// <exception cref="ScimException">It is something else.</exception>
    public static string? Text(string name, JsonNode? node) => node?.GetValueKind() switch
    {
        null => null,
        JsonValueKind.String => node.GetValue<string>(),
        _ => throw ScimException.Value($"{name} must be a text."),
    };

    /// <summary>Takes the attributes that groups have, also those nested under the core schema's URN.</summary>
    private static void Take(JsonObject body, Dictionary<string, JsonNode?> known, Tolerances tolerances, bool nested)
    {
        foreach (var (name, node) in body)
        {
            var resolved = AttributeNames.Resolve(ResourceType.Group, name);
            tolerances.NoteName(resolved);
            switch (resolved)
            {
                case AttributeName.Known { Part: "" } attribute:
                    if (AttributeNames.IsUrn(name))
                    {
                        tolerances.Note(Tolerated.PathAsKey);
                    }

                    if (!known.TryAdd(attribute.Attribute.Name, Single(attribute.Attribute, node, tolerances)))
                    {
                        throw ScimException.Syntax($"{attribute.Attribute.Name} is there twice. Send each attribute once.");
                    }

                    break;
                case AttributeName.WholeSchema when node is not null:
                    tolerances.Note(Tolerated.NestedCore);
                    Take(node is JsonObject core && !nested ? core
                        : throw ScimException.Value($"{name} must be an object with the group's attributes."), known, tolerances,
                            nested: true);
                    break;
                case AttributeName.Unknown { Part: "" } unknown:
                    tolerances.Ignored.Add(unknown.Name);
                    break;
                case AttributeName.Foreign when node is JsonValue:
                    throw ScimException.Value(
                        $"Groups have no attribute {name}. Remove it from the attributes that the identity provider sends.");
                case AttributeName.Meaningless nothing when node is not null:
                    throw ScimException.Value(nothing.Sentence);
                case AttributeName.Known or AttributeName.Unknown when node is not null:
                    throw ScimException.Value(
                        $"{name} names a part of an attribute, which a body cannot set by itself. Send the whole attribute.");
            }
        }
    }

    private static JsonNode? Single(SchemaAttribute attribute, JsonNode? node, Tolerances tolerances)
    {
        if (attribute.MultiValued || node is not JsonArray { Count: 1 } list)
        {
            return node;
        }

        tolerances.Note(Tolerated.ListOfOne);
        return list[0];
    }
}
