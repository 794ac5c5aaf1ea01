using System.Text.Json;
using System.Text.Json.Nodes;

namespace Scim.Bulk;

/// <summary>
/// References by `bulkId` (RFC 7644 section 3.7.2): texts "bulkId:x" in an operation's path, and in its data wherever a
/// resource's id belongs. Anywhere else such a text is a text.
/// </summary>
internal static class BulkIds
{
    private const string Prefix = "bulkId:";

    private static readonly string[] Referring = ["value", "$ref", "manager", "members"];

    /// <summary>The ids that an operation refers to.</summary>
    public static IEnumerable<string> In(BulkOperation operation) =>
        operation.Path.Split('/').Select(IdOf).Concat(In(operation.Data, "")).OfType<string>().Distinct();

    /// <summary>A path with every reference in its place.</summary>
    public static string Resolve(string path, IReadOnlyDictionary<string, string> known) =>
        string.Join('/', path.Split('/').Select(part => IdOf(part) is { } id ? known.GetValueOrDefault(id, part) : part));

    /// <summary>
    /// Data with every reference in its place. One that is not known yet is left out together with the value that it
    /// stands in, such as a whole member.
    /// </summary>
    public static JsonObject Resolve(JsonObject data, IReadOnlyDictionary<string, string> known)
    {
        var resolved = new JsonObject();
        foreach (var (name, node) in data)
        {
            if (TryResolve(node, name, known, out var value))
            {
                resolved[name] = value;
            }
        }

        return resolved;
    }

    private static bool TryResolve(JsonNode? node, string name, IReadOnlyDictionary<string, string> known, out JsonNode? resolved)
    {
        resolved = null;
        switch (node)
        {
            case JsonObject item:
                resolved = Resolve(item, known);
                return !item.Any(entry => Reference(entry.Value, entry.Key) is { } id && !known.ContainsKey(id));
            case JsonArray list:
                var items = new JsonArray();
                foreach (var each in list)
                {
                    if (TryResolve(each, name, known, out var value))
                    {
                        items.Add(value);
                    }
                }

                resolved = items;
                return true;
            default:
                if (Reference(node, name) is not { } reference)
                {
                    resolved = node?.DeepClone();
                    return true;
                }

                resolved = known.GetValueOrDefault(reference);
                return resolved is not null;
        }
    }

    private static IEnumerable<string?> In(JsonNode? node, string name) => node switch
    {
        JsonObject item => item.SelectMany(entry => In(entry.Value, entry.Key)),
        JsonArray list => list.SelectMany(each => In(each, name)),
        _ => [Reference(node, name)],
    };

    /// <summary>The id that a text under a name refers to; null for any other.</summary>
    private static string? Reference(JsonNode? node, string name) =>
        node?.GetValueKind() == JsonValueKind.String && Referring.Contains(name[(name.LastIndexOfAny(['.', ':']) + 1)..], StringComparer.OrdinalIgnoreCase)
            ? IdOf(node.GetValue<string>())
            : null;

    private static string? IdOf(string text) => text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? text[Prefix.Length..] : null;
}
