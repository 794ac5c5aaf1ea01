using System.Text.Json;
using System.Text.Json.Nodes;

namespace Scim.Bulk;

/// <summary>References by `bulkId` (RFC 7644 section 3.7.2), as texts "bulkId:x" anywhere in an operation's data or path.</summary>
internal static class BulkIds
{
    private const string Prefix = "bulkId:";

    /// <summary>The ids that an operation refers to.</summary>
    public static IEnumerable<string> In(BulkOperation operation) =>
        operation.Path.Split('/').Select(IdOf).Concat(In(operation.Data)).OfType<string>().Distinct();

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
            if (TryResolve(node, known, out var value))
            {
                resolved[name] = value;
            }
        }

        return resolved;
    }

    private static bool TryResolve(JsonNode? node, IReadOnlyDictionary<string, string> known, out JsonNode? resolved)
    {
        resolved = null;
        switch (node)
        {
            case JsonObject item:
                var parts = Resolve(item, known);
                resolved = parts;
                return parts.Count == item.Count || !item.Any(entry => IdOf(Text(entry.Value)) is { } id && !known.ContainsKey(id));
            case JsonArray list:
                var items = new JsonArray();
                foreach (var each in list)
                {
                    if (TryResolve(each, known, out var value))
                    {
                        items.Add(value);
                    }
                }

                resolved = items;
                return true;
            default:
                if (IdOf(Text(node)) is not { } reference)
                {
                    resolved = node?.DeepClone();
                    return true;
                }

                resolved = known.GetValueOrDefault(reference);
                return resolved is not null;
        }
    }

    private static IEnumerable<string?> In(JsonNode? node) => node switch
    {
        JsonObject item => item.SelectMany(entry => In(entry.Value)),
        JsonArray list => list.SelectMany(In),
        _ => [IdOf(Text(node))],
    };

    private static string? IdOf(string? text) => text?.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) == true ? text[Prefix.Length..] : null;

    private static string? Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;
}
