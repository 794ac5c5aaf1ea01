using System.Text.Json;
using System.Text.Json.Nodes;
using Scim.Wire;

namespace Scim.Tolerance;

/// <summary>
/// Booleans, also as the texts "True" and "False" in any letter case. Any other text is refused: to read it as true
/// would leave a leaver active.
/// </summary>
internal static class Booleans
{
    public static bool Read(string attribute, JsonNode? node, Tolerances tolerances)
    {
        switch (node?.GetValueKind())
        {
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            case JsonValueKind.String when bool.TryParse(node.GetValue<string>(), out var value):
                tolerances.Note(Tolerated.TextBoolean);
                return value;
            default:
                throw ScimException.Value($"{attribute} must be true or false, not {node?.ToJsonString() ?? "null"}.");
        }
    }
}
