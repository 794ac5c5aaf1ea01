using System.Text.Json.Nodes;
using Provisioning.Filtering;
using Provisioning.Schemas;
using Provisioning.V1;
using Kind = Provisioning.V1.Filter.KindOneofCase;
using Operator = Provisioning.V1.Comparison.Types.Operator;

namespace Provisioning.Patch;

/// <summary>
/// The filter of a PATCH path, which says which values of a list are meant. Its meaning is that of every filter; parts
/// that no schema names are compared as texts without regard to letter case.
/// </summary>
public sealed class ValueFilter
{
    private readonly V1.Filter _filter;
    private readonly SchemaAttribute _list;
    private readonly BoundFilter _bound;

    /// <summary>Binds a filter to a list.</summary>
    /// <param name="type">The kind of resource that has the list.</param>
    /// <param name="name">The list's name.</param>
    /// <param name="known">The list in our schemas; null for one that they do not name.</param>
    /// <param name="filter">The filter.</param>
    /// <exception cref="FilterFormatException">It asks for something that the list's values do not have.</exception>
    public ValueFilter(ResourceType type, string name, SchemaAttribute? known, V1.Filter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        _filter = filter.Clone();
        var list = known ?? new(name, "") { MultiValued = true, SubAttributes = [new("value", "")] };
        foreach (var comparison in Comparisons(_filter))
        {
            NameShortly(comparison, type, list);
        }

        _list = Widen(list, _filter);
        _bound = FilterBinder.BindValues(_filter, type, _list);
    }

    /// <summary>Whether a value of the list is meant.</summary>
    public bool Matches(JsonObject item) => FilterPredicate.MatchesValue(_bound, SearchDocument.OfValue(_list, item) ?? []);

    /// <summary>What a new value must hold to meet a filter of equalities; null when the filter asks for more than that.</summary>
    public JsonObject? Seed()
    {
        var seed = new JsonObject();
        return Fill(_filter, seed) ? seed : null;
    }

    /// <summary>Names a part by its short name, where the filter names it with the list in front.</summary>
    private static void NameShortly(Comparison comparison, ResourceType type, SchemaAttribute list)
    {
        if (comparison.Path is not (null or { Schema: "", SubAttribute: "" })
            && AttributeNames.Resolve(type, AttributePaths.TextOf(comparison.Path)) is AttributeName.Known { Part.Length: > 0 } known && known.Attribute.Name == list.Name)
        {
            comparison.Path = new() { Attribute = known.Part };
        }
    }

    /// <summary>The list's attribute with a part for every name in the filter.</summary>
    private static SchemaAttribute Widen(SchemaAttribute list, V1.Filter filter)
    {
        foreach (var comparison in Comparisons(filter))
        {
            var (path, value) = (comparison.Path, comparison.Value);
            if (path is not { Schema: "", SubAttribute: "", Attribute.Length: > 0 } || list.Sub(path.Attribute) is not null)
            {
                continue;
            }

            var type = value?.KindCase == Literal.KindOneofCase.Boolean ? AttributeType.Boolean : AttributeType.String;
            list = list with { SubAttributes = [.. list.SubAttributes, new SchemaAttribute(path.Attribute, "", type)] };
            if (value?.KindCase == Literal.KindOneofCase.Number)
            {
                comparison.Value = new() { Text = value.Number };
            }
        }

        return list;
    }

    private static IEnumerable<Comparison> Comparisons(V1.Filter? filter) => filter?.KindCase switch
    {
        Kind.Comparison => [filter.Comparison],
        Kind.All => filter.All.Filters.SelectMany(Comparisons),
        Kind.Any => filter.Any.Filters.SelectMany(Comparisons),
        Kind.Negation => Comparisons(filter.Negation),
        _ => [],
    };

    private bool Fill(V1.Filter filter, JsonObject seed)
    {
        if (filter.KindCase == Kind.All)
        {
            return filter.All.Filters.All(each => Fill(each, seed));
        }

        if (filter.KindCase != Kind.Comparison || filter.Comparison.Operator != Operator.Eq)
        {
            return false;
        }

        var (name, value) = (filter.Comparison.Path.Attribute, filter.Comparison.Value);
        var part = _list.Sub(name);
        seed[part?.Name ?? name] = value?.KindCase switch
        {
            Literal.KindOneofCase.Text when part?.Type == AttributeType.Boolean => bool.Parse(value.Text),
            Literal.KindOneofCase.Text => value.Text,
            Literal.KindOneofCase.Boolean => value.Boolean,
            _ => null,
        };
        return true;
    }
}
