using System.Globalization;
using System.Text.RegularExpressions;
using Provisioning.Schemas;

namespace Provisioning.Filtering;

/// <summary>
/// Resolves a filter's names by the table of attributes and checks its values. Absent, null, "" and [] are all "not
/// present"; `ne` on what is absent is true; on a list, one value that meets a condition is enough (RFC 7644 section
/// 3.4.2.2).
/// </summary>
public sealed partial class FilterBinder
{
    /// <summary>How deep a filter may nest, and how many comparisons it may hold.</summary>
    public const int MaxDepth = 20, MaxConditions = 50;

    private readonly ResourceType _type;
    private readonly bool _undefinedIsAbsent;
    private int _conditions;

    private FilterBinder(ResourceType type, bool undefinedIsAbsent) => (_type, _undefinedIsAbsent) = (type, undefinedIsAbsent);

    /// <summary>Binds a filter on resources.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="type">What is filtered.</param>
    /// <param name="undefinedIsAbsent">
    /// Whether an attribute that the type does not have counts as absent, as in searches across types (RFC 7644 section 3.4.2.1),
    /// rather than as an error. </param>
    /// <exception cref="FilterFormatException">An attribute is unknown, a value has the wrong type, or a bound is passed.</exception>
    public static BoundFilter Bind(Filter filter, ResourceType type, bool undefinedIsAbsent = false) =>
        new FilterBinder(type, undefinedIsAbsent).Bind(filter, null, 0);

    /// <summary>Binds a filter on the values of one list, as within [ ].</summary>
    /// <exception cref="FilterFormatException">An attribute is unknown, a value has the wrong type, or a bound is passed.</exception>
    public static BoundFilter BindValues(Filter filter, ResourceType type, SchemaAttribute list) =>
        new FilterBinder(type, undefinedIsAbsent: false).Bind(filter, new(list.Name, list, null, IsWhole: true), 0);

    private BoundFilter Bind(Filter filter, SearchTarget? list, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new FilterFormatException("", $"The filter nests more than {MaxDepth} levels deep.");
        }

        return filter switch
        {
            Filter.All all => new BoundFilter.All([.. all.Filters.Select(each => Bind(each, list, depth + 1))]),
            Filter.Any any => new BoundFilter.Any([.. any.Filters.Select(each => Bind(each, list, depth + 1))]),
            Filter.Not not => new BoundFilter.Not(Bind(not.Inner, list, depth + 1)),
            Filter.OneOf one when list is null => BindValues(one, depth),
            Filter.OneOf one => throw new FilterFormatException(one.List, "A condition inside [ ] cannot hold another [ ]."),
            Filter.Comparison comparison => BindComparison(comparison, list),
            _ => throw new InvalidOperationException($"{filter} is no filter."),
        };
    }

    private BoundFilter BindValues(Filter.OneOf values, int depth)
    {
        if (Resolve(values.List, null) is not { } target)
        {
            return Never;
        }

        if (!target.Attribute.MultiValued || !target.IsWhole)
        {
            throw new FilterFormatException(values.List, $"{values.List} has no values to choose from with [ ].");
        }

        return new BoundFilter.OneOf(target, Bind(values.Inner, target, depth + 1));
    }

    private BoundFilter BindComparison(Filter.Comparison comparison, SearchTarget? list)
    {
        if (++_conditions > MaxConditions)
        {
            throw new FilterFormatException("", $"The filter has more than {MaxConditions} conditions.");
        }

        var negative = comparison.Operator == ComparisonOperator.Ne;
        if (Resolve(comparison.Attribute, list) is not { } target)
        {
            return negative || IsNull(comparison) ? new BoundFilter.Not(Never) : Never;
        }

        if (comparison.Operator == ComparisonOperator.Pr)
        {
            return PresenceOf(target, list);
        }

        if (target.Leaf.Type == AttributeType.Complex)
        {
            throw new FilterFormatException(comparison.Attribute,
                $"{comparison.Attribute} is compared by its parts, such as "
                    + $"{comparison.Attribute}.{SearchTarget.Parts(target.Attribute)[0].Name}.");
        }

        var (kind, value) = (KindOf(comparison), LiteralOf(comparison, target.Leaf));
        if (value.Length == 0)
        {
            return kind is ComparisonKind.Less or ComparisonKind.LessOrEqual ? Never
                : kind == ComparisonKind.Equal && !negative ? new BoundFilter.Not(PresenceOf(target, list)) : PresenceOf(target, list);
        }

        var compare = new BoundFilter.Compare(target, kind, value);
        if (list is not null || !target.Attribute.MultiValued)
        {
            return negative ? new BoundFilter.Not(compare) : compare;
        }

        return negative
            ? new BoundFilter.Any([new BoundFilter.Not(new BoundFilter.Present(target with { IsWhole = true })),
                new BoundFilter.OneOf(target, new BoundFilter.Not(compare))])
            : new BoundFilter.OneOf(target, compare);
    }

    /// <summary>`pr`; of a list's part: one value has it.</summary>
    private static BoundFilter PresenceOf(SearchTarget target, SearchTarget? list) =>
        list is null
            && target is { Attribute.MultiValued: true, IsWhole: false } ? new BoundFilter.OneOf(target, new BoundFilter.Present(target))
        : new BoundFilter.Present(target is { IsWhole: true, Attribute.MultiValued: false } ? target with { Part = null } : target);

    private SearchTarget? Resolve(string name, SearchTarget? list)
    {
        var target = list is null ? _type.Resolve(name) : PartOf(list, name);
        if (target is not null || (_undefinedIsAbsent && list is null))
        {
            return target;
        }

        throw new FilterFormatException(name, list is null
            ? $"{_type.Name}s have no attribute {name} that can be searched by."
            : $"The values of {list.Attribute.Name} have no {name} that can be searched by.");
    }

    /// <summary>A part of a list's values, named alone or behind the list.</summary>
    private SearchTarget? PartOf(SearchTarget list, string name)
    {
        var part = SearchTarget.Parts(list.Attribute).FirstOrDefault(each => each.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? (AttributeNames.Resolve(_type, name) is AttributeName.Known { KnownPart: { } known } resolved
                && resolved.Attribute.Name == list.Attribute.Name ? known : null);
        return part is { Searchable: true } ? list with { Part = part, IsWhole = false } : null;
    }

    private static readonly BoundFilter Never = new BoundFilter.Any([]);

    private static bool IsNull(Filter.Comparison comparison) =>
        comparison is { Operator: ComparisonOperator.Eq, Value: { Kind: LiteralKind.Null } or { Kind: LiteralKind.Text, Text: "" } };

    private static ComparisonKind KindOf(Filter.Comparison comparison) => comparison.Operator switch
    {
        ComparisonOperator.Eq or ComparisonOperator.Ne => ComparisonKind.Equal,
        ComparisonOperator.Co => ComparisonKind.Contains,
        ComparisonOperator.Sw => ComparisonKind.StartsWith,
        ComparisonOperator.Ew => ComparisonKind.EndsWith,
        ComparisonOperator.Gt => ComparisonKind.Greater,
        ComparisonOperator.Ge => ComparisonKind.GreaterOrEqual,
        ComparisonOperator.Lt => ComparisonKind.Less,
        ComparisonOperator.Le => ComparisonKind.LessOrEqual,
        _ => throw new InvalidOperationException($"{comparison.Operator} compares with no value."),
    };

    /// <summary>The value as documents hold it; empty for null and "".</summary>
    private static string LiteralOf(Filter.Comparison comparison, SchemaAttribute leaf)
    {
        var (name, value) = (comparison.Attribute, comparison.Value);
        var isEquality = comparison.Operator is ComparisonOperator.Eq or ComparisonOperator.Ne;
        if (!isEquality && (value.Kind == LiteralKind.Null || leaf.Type == AttributeType.Boolean
            || (leaf.Type == AttributeType.Binary
                && comparison.Operator
                    is ComparisonOperator.Gt or ComparisonOperator.Ge or ComparisonOperator.Lt or ComparisonOperator.Le)))
        {
            throw new FilterFormatException(name,
                $"{name} cannot be compared by {comparison.Operator.ToString().ToLowerInvariant()} with this value: use eq, ne or pr.");
        }

        if (value.Kind == LiteralKind.Null)
        {
            return "";
        }

        return leaf.Type switch
        {
            AttributeType.Boolean => FlagOf(name, value),
            AttributeType.DateTime => MomentOf(name, comparison.Operator, value),
            _ => TextOf(name, value) is var text && leaf.CaseExact ? text : Folding.Fold(text),
        };
    }

    private static string TextOf(string name, Literal value) =>
        value.Kind == LiteralKind.Text && Folding.IsStorable(value.Text)
            ? value.Text
            : throw new FilterFormatException(name, $"{name} is compared with a text in double quotes, without U+0000.");

    /// <summary>A boolean, also as the text that Entra sends.</summary>
    private static string FlagOf(string name, Literal value) => value.Kind switch
    {
        LiteralKind.Boolean => value.Text,
        LiteralKind.Text when bool.TryParse(value.Text, out var flag) => flag ? "true" : "false",
        _ => throw new FilterFormatException(name, $"{name} is compared with true or false."),
    };

    /// <summary>A moment, to the microsecond, as everything here is kept.</summary>
    private static string MomentOf(string name, ComparisonOperator operation, Literal value) =>
        operation is not (ComparisonOperator.Co or ComparisonOperator.Sw or ComparisonOperator.Ew)
        && value.Kind == LiteralKind.Text && MomentShape().IsMatch(value.Text)
        && DateTimeOffset.TryParse(value.Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? SearchDocument.Moment(time)
            : throw new FilterFormatException(
                name, $"{name} is compared by eq, ne, gt, ge, lt, le or pr with a moment such as \"2026-11-23T10:00:00Z\".");

    /// <summary>A moment as XML Schema writes it (RFC 7643 section 2.3.5); without a zone it is UTC.</summary>
    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})?$")]
    private static partial Regex MomentShape();
}
