using System.Text.Json.Nodes;
using Provisioning.Filtering;
using Provisioning.Schemas;

namespace Provisioning.Patch;

/// <summary>
/// The filter of a PATCH path, which says which values of a list are meant. Its meaning is that of every filter; parts
/// that no schema names are compared as texts without regard to letter case.
/// </summary>
public sealed class ValueFilter
{
    private readonly Filter _filter;
    private SchemaAttribute _list;
    private readonly BoundFilter _bound;

    /// <summary>Binds a filter to a list.</summary>
    /// <param name="type">The kind of resource that has the list.</param>
    /// <param name="name">The list's name.</param>
    /// <param name="known">The list in our schemas; null for one that they do not name.</param>
    /// <param name="filter">The filter.</param>
    /// <exception cref="FilterFormatException">It asks for something that the list's values do not have.</exception>
    public ValueFilter(ResourceType type, string name, SchemaAttribute? known, Filter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        _list = known ?? new(name, "") { MultiValued = true, SubAttributes = [new("value", "")] };
        _filter = Normalize(filter, type);
        _bound = FilterBinder.BindValues(_filter, type, _list);
    }

    /// <summary>Says if a value of the list meets the filter.</summary>
    public bool Matches(JsonObject item) => FilterPredicate.MatchesValue(_bound, SearchDocument.OfValue(_list, item) ?? []);

    /// <summary>
    /// Makes a new value that meets the filter. Null if the filter has anything but equalities: then it does not say what a value holds.
    /// </summary>
    public JsonObject? Seed()
    {
        var seed = new JsonObject();
        return Fill(_filter, seed) ? seed : null;
    }

    /// <summary>The filter with short names, and the list with a part for every name in it.</summary>
    private Filter Normalize(Filter filter, ResourceType type) => filter switch
    {
        Filter.All all => new Filter.All([.. all.Filters.Select(each => Normalize(each, type))]),
        Filter.Any any => new Filter.Any([.. any.Filters.Select(each => Normalize(each, type))]),
        Filter.Not not => new Filter.Not(Normalize(not.Inner, type)),
        Filter.Comparison comparison => Normalize(comparison, type),
        _ => filter,
    };

    private Filter.Comparison Normalize(Filter.Comparison comparison, ResourceType type)
    {
        var (name, value) = (comparison.Attribute, comparison.Value);
        if (name.AsSpan().IndexOfAny('.', ':') >= 0)
        {
            // A part by its whole name, with the list in front.
            return AttributeNames.Resolve(type, name) is AttributeName.Known { Part.Length: > 0 } known
                && known.Attribute.Name == _list.Name
                ? Normalize(comparison with { Attribute = known.Part }, type)
                : comparison;
        }

        if (_list.Sub(name) is not null)
        {
            return comparison;
        }

        var part = new SchemaAttribute(name, "", value.Kind == LiteralKind.Boolean ? AttributeType.Boolean : AttributeType.String);
        _list = _list with { SubAttributes = [.. _list.SubAttributes, part] };
        return value.Kind == LiteralKind.Number ? comparison with { Value = Literal.Of(value.Text) } : comparison;
    }

    private bool Fill(Filter filter, JsonObject seed)
    {
        if (filter is Filter.All all)
        {
            return all.Filters.All(each => Fill(each, seed));
        }

        if (filter is not Filter.Comparison { Operator: ComparisonOperator.Eq } comparison)
        {
            return false;
        }

        var (name, value) = (comparison.Attribute, comparison.Value);
        var part = _list.Sub(name);
        seed[part?.Name ?? name] = value.Kind switch
        {
            LiteralKind.Text when part?.Type == AttributeType.Boolean => bool.Parse(value.Text),
            LiteralKind.Text => value.Text,
            LiteralKind.Boolean => value.Text == "true",
            _ => null,
        };
        return true;
    }
}
