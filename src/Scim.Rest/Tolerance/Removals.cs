using System.Text.Json;
using System.Text.Json.Nodes;
using Scim.Wire;

namespace Scim.Tolerance;

/// <summary>
/// SCIM 1.1 removed a value by `"operation": "delete"` within it. To take such a value for one to add would do the opposite of what is
/// asked.
/// </summary>
internal static class Removals
{
    /// <summary>Refuses a part of a value that asks for its removal.</summary>
    /// <exception cref="ScimException">It does.</exception>
    public static void Refuse(string name, JsonNode? node)
    {
        if (name.Equals("operation", StringComparison.OrdinalIgnoreCase) && node?.GetValueKind() == JsonValueKind.String
            && node.GetValue<string>().Equals("delete", StringComparison.OrdinalIgnoreCase))
        {
            throw ScimException.Syntax("\"operation\": \"delete\" is SCIM 1.1. Send a PATCH operation with \"op\": \"remove\".");
        }
    }
}
