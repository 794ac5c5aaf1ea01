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
    public static IReadOnlyCollection<string> In(BulkOperation operation)
    {
        var ids = new HashSet<string>();
        foreach (var part in operation.Path.Split('/'))
        {
            Add(ids, IdOf(part));
        }

        Add(ids, operation.Data, "");
        return ids;
    }

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

    private static void Add(HashSet<string> ids, JsonNode? node, string name)
    {
        switch (node)
        {
            case JsonObject item:
                foreach (var (part, value) in item)
                {
                    Add(ids, value, part);
                }

                break;
            case JsonArray list:
                foreach (var each in list)
                {
                    Add(ids, each, name);
                }

                break;
            default:
                Add(ids, Reference(node, name));
                break;
        }
    }

    private static void Add(HashSet<string> ids, string? id)
    {
        if (id is not null)
        {
            ids.Add(id);
        }
    }

    /// <summary>The id that a text under a name refers to; null for any other.</summary>
    private static string? Reference(JsonNode? node, string name)
    {
        if (node?.GetValueKind() != JsonValueKind.String)
        {
            return null;
        }

        var last = name.AsSpan(name.LastIndexOfAny(['.', ':']) + 1);
        foreach (var referring in Referring)
        {
            if (last.Equals(referring, StringComparison.OrdinalIgnoreCase))
            {
                return IdOf(node.GetValue<string>());
            }
        }

        return null;
    }

    private static string? IdOf(string text) => text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? text[Prefix.Length..] : null;
}
