using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Schemas;
using Provisioning.V1;
using Scim.Tolerance;
using Scim.Wire;

namespace Scim.Groups;

/// <summary>Members as providers send them: objects with a `value`, a `$ref` instead, or bare ids; each kept once.</summary>
internal static class GroupMembers
{
    /// <summary>The ids of the members in a value. An entry that says nothing is refused: it must never empty a group.</summary>
    /// <exception cref="ScimException">It is no list of members, one of them says nothing, or one of them is a group.</exception>
    public static TeammateIds Read(JsonNode? node, Tolerances tolerances)
    {
        if (node is null)
        {
            throw ScimException.Value("members must be a list of objects with a value, not null. Send [] to empty the group.");
        }

        if (node is not JsonArray list)
        {
            tolerances.Note(Tolerated.SingleValue);
            list = [node.DeepClone()];
        }

        return new() { TeammateIds_ = { list.Select((item, index) => ReadOne(item, index, tolerances)).Distinct() } };
    }

    private static string ReadOne(JsonNode? item, int index, Tolerances tolerances)
    {
        if (item is null)
        {
            throw ScimException.Value($"members[{index}] is null. Send the user's id as its value.");
        }

        if (Text(item) is { Length: > 0 } bare)
        {
            tolerances.Note(Tolerated.TextValue);
            return bare;
        }

        if (item is not JsonObject member)
        {
            throw ScimException.Value($"members[{index}] must be an object with a value, not {Shown(item)}.");
        }

        var parts = new Dictionary<string, JsonNode?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, part) in member)
        {
            if (!parts.TryAdd(name, part))
            {
                throw ScimException.Syntax($"members.{name} is there twice. Send each attribute once.");
            }

            Removals.Refuse(name, part);
            if (GroupSchemas.Members.Sub(name) is null)
            {
                tolerances.Note(Tolerated.UnknownAttribute);
            }
        }

        var reference = Text(parts.GetValueOrDefault("$ref")) ?? "";
        if ((Text(parts.GetValueOrDefault("type")) is { Length: > 0 } type && !type.Equals("User", StringComparison.OrdinalIgnoreCase))
            || reference.Contains("/Groups/", StringComparison.OrdinalIgnoreCase))
        {
            throw ScimException.Value(
                $"The member {Shown(item)} is not a user. Groups within groups are not supported: add its users themselves.");
        }

        return Text(parts.GetValueOrDefault("value")) is { Length: > 0 } value ? value
            : reference.LastIndexOf("/Users/", StringComparison.OrdinalIgnoreCase) is >= 0 and var at
                ? reference[(at + "/Users/".Length)..].TrimEnd('/')
            : throw ScimException.Value($"members[{index}] is {Shown(item)} and has no value. Send the user's id as its value.");
    }

    private static string? Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;

    private static string Shown(JsonNode node) => node.ToJsonString() is var text && text.Length <= 200 ? text : text[..200] + "…";
}
