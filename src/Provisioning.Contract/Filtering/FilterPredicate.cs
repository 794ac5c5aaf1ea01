using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Schemas;

namespace Provisioning.Filtering;

/// <summary>What a bound filter means, by a resource's document in memory. SQL says the same on every engine.</summary>
public static class FilterPredicate
{
    /// <summary>Whether a resource's document, or within [ ] a value's, meets a filter.</summary>
    public static bool Matches(BoundFilter filter, JsonObject document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return Matches(filter, document, inList: false);
    }

    /// <summary>Whether one value of a list, as <see cref="SearchDocument.OfValue"/> gives it, meets a filter bound to that list.</summary>
    public static bool MatchesValue(BoundFilter filter, JsonObject value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Matches(filter, value, inList: true);
    }

    private static bool Matches(BoundFilter filter, JsonObject document, bool inList) => filter switch
    {
        BoundFilter.All all => all.Filters.All(each => Matches(each, document, inList)),
        BoundFilter.Any any => any.Filters.Any(each => Matches(each, document, inList)),
        BoundFilter.Not not => !Matches(not.Filter, document, inList),
        BoundFilter.OneOf one => Values(one.List, document).Any(value => Matches(one.Filter, value, inList: true)),
        BoundFilter.Present present => Node(present.Target, document, inList) is not null,
        BoundFilter.Compare compare => Compare(compare, Node(compare.Target, document, inList)),
        _ => false,
    };

    private static IEnumerable<JsonObject> Values(SearchTarget list, JsonObject document) =>
        (Holder(list, document)?[SearchDocument.NameOf(list.Attribute.Name)] as JsonArray ?? []).OfType<JsonObject>();

    private static JsonNode? Node(SearchTarget target, JsonObject document, bool inList)
    {
        if (inList)
        {
            return document[SearchDocument.NameOf(target.Leaf.Name)];
        }

        var node = Holder(target, document)?[SearchDocument.NameOf(target.Attribute.Name)];
        return target.Part is null || target.Attribute.MultiValued ? node : (node as JsonObject)?[SearchDocument.NameOf(target.Part.Name)];
    }

    private static JsonObject? Holder(SearchTarget target, JsonObject document) =>
        target.Schema.Length == 0 ? document : document[SearchDocument.NameOf(target.Schema)] as JsonObject;

    private static bool Compare(BoundFilter.Compare filter, JsonNode? node)
    {
        var actual = node?.GetValueKind() switch
        {
            null => null,
            JsonValueKind.String => node.GetValue<string>(),
            _ => node.ToJsonString(),
        };
        return actual is not null && filter.Kind switch
        {
            ComparisonKind.Equal => actual == filter.Value,
            ComparisonKind.Contains => actual.Contains(filter.Value, StringComparison.Ordinal),
            ComparisonKind.StartsWith => actual.StartsWith(filter.Value, StringComparison.Ordinal),
            ComparisonKind.EndsWith => actual.EndsWith(filter.Value, StringComparison.Ordinal),
            ComparisonKind.Greater => ByBytes(actual, filter.Value) > 0,
            ComparisonKind.GreaterOrEqual => ByBytes(actual, filter.Value) >= 0,
            ComparisonKind.Less => ByBytes(actual, filter.Value) < 0,
            _ => ByBytes(actual, filter.Value) <= 0,
        };
    }

    /// <summary>Order by UTF-8 bytes, as both engines order; .NET's ordinal order differs beyond the Basic Multilingual Plane.</summary>
    private static int ByBytes(string left, string right) =>
        Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));
}
