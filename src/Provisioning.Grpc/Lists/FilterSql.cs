using System.Globalization;
using Provisioning.Access;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Schemas;
using Provisioning.Storage;

namespace Provisioning.Lists;

/// <summary>Where a list's values are, one row a value.</summary>
/// <param name="From">The tables.</param>
/// <param name="On">Which of their rows.</param>
/// <param name="Part">The expression of each part.</param>
internal sealed record ValueRows(string From, string On, Func<SchemaAttribute, SqlValue> Part);

/// <summary>An expression, and whether it may be null.</summary>
internal readonly record struct SqlValue(string Text, bool Nullable = true);

/// <summary>
/// Compiles a bound filter and an order to SQL of either engine: names come from our tables, values are parameters only.
/// Says exactly what <see cref="FilterPredicate"/> says.
/// </summary>
internal abstract class FilterSql(Dialect dialect, Caller caller)
{
    private const int MaxSortKey = 200;

    private readonly List<object> _parameters = [];

    public Dialect Dialect => dialect;

    public Caller Caller => caller;

    public object[] Parameters => [.. _parameters];

    /// <summary>A value as a parameter of the statement.</summary>
    public string Parameter(object value)
    {
        _parameters.Add(value);
        return string.Create(CultureInfo.InvariantCulture, $"${_parameters.Count}");
    }

    /// <summary>The condition for a filter; every part of it is true or false, never null.</summary>
    public string Condition(Filter filter, ResourceType type, bool undefinedIsAbsent) =>
        FilterFaults.Translate(() => Compile(FilterBinder.Bind(filter, type, undefinedIsAbsent), null));

    /// <summary>The text that an order goes by; null where there is no value.</summary>
    public string SortKey(OrderBy order, ResourceType type)
    {
        if (type.Resolve(order.Attribute) is not { } target || target.Leaf.Type == AttributeType.Complex)
        {
            throw Failures.InvalidField("order_by", $"{type.Name}s cannot be sorted by \"{order.Attribute}\". "
                + "Name an attribute with one value, or a part of one, such as userName or name.familyName.");
        }

        if (!target.Attribute.MultiValued)
        {
            return AsText(target.Leaf, Leaf(target).Text);
        }

        var rows = Values(target);
        var primary = target.Attribute.Sub("primary") is { } flag ? $"COALESCE({rows.Part(flag).Text}, FALSE) DESC, " : "";
        var text = AsText(target.Leaf, rows.Part(target.Leaf).Text);
        return $"(SELECT {text} FROM {rows.From} WHERE {rows.On} ORDER BY {primary}{Ordinal(target)} LIMIT 1)";
    }

    /// <summary>The expression of an attribute of the resource that has one value at most.</summary>
    protected abstract SqlValue Leaf(SearchTarget target);

    /// <summary>The values of a list of the resource.</summary>
    protected abstract ValueRows Values(SearchTarget list);

    /// <summary>What orders the values of a list as they were given.</summary>
    protected abstract string Ordinal(SearchTarget list);

    /// <summary>An indexed condition that the filter implies; null if there is none.</summary>
    protected virtual string? ByIndex(SearchTarget target, string value) => null;

    /// <summary>The condition for a bound filter on the resource, or on the rows of one of its lists.</summary>
    protected string Compile(BoundFilter filter, ValueRows? rows) => filter switch
    {
        BoundFilter.All all => "(" + string.Join(" AND ", all.Filters.Select(each => Compile(each, rows))) + ")",
        BoundFilter.Any { Filters.Count: 0 } => "(1 = 0)",
        BoundFilter.Any any => "(" + string.Join(" OR ", any.Filters.Select(each => Compile(each, rows))) + ")",
        BoundFilter.Not not => "NOT " + Compile(not.Filter, rows),
        BoundFilter.OneOf one => OneOf(one),
        BoundFilter.Present present => Present(present.Target, rows),
        BoundFilter.Compare compare => Compare(compare, rows),
        _ => throw new InvalidOperationException($"{filter} is no filter."),
    };

    /// <summary>One value meets it all; where an index holds what it must equal, that finds the rows.</summary>
    private string OneOf(BoundFilter.OneOf filter)
    {
        var wanted = filter.Filter is BoundFilter.All all ? all.Filters : [filter.Filter];
        var indexed = wanted.OfType<BoundFilter.Compare>().Where(each => each.Kind == ComparisonKind.Equal)
            .Select(each => ByIndex(each.Target, each.Value)).FirstOrDefault(each => each is not null);
        if (indexed is not null && wanted.Count == 1)
        {
            return $"({indexed})";
        }

        var rows = Values(filter.List);
        return $"({(indexed is null ? "" : indexed + " AND ")}EXISTS (SELECT 1 FROM {rows.From} WHERE {rows.On} AND "
            + $"{Compile(filter.Filter, rows)}))";
    }

    private string Present(SearchTarget target, ValueRows? rows)
    {
        if (rows is not null)
        {
            return $"({rows.Part(target.Leaf).Text} IS NOT NULL)";
        }

        if (!target.Attribute.MultiValued)
        {
            return $"({Leaf(target).Text} IS NOT NULL)";
        }

        var values = Values(target);
        return $"EXISTS (SELECT 1 FROM {values.From} WHERE {values.On})";
    }

    private string Compare(BoundFilter.Compare filter, ValueRows? rows)
    {
        if (rows is null && filter.Kind == ComparisonKind.Equal && ByIndex(filter.Target, filter.Value) is { } indexed)
        {
            return indexed;
        }

        var leaf = filter.Target.Leaf;
        var actual = rows is null ? Leaf(filter.Target) : rows.Part(leaf);
        var comparison = leaf.Type switch
        {
            AttributeType.Boolean => $"{actual.Text} = {Parameter(filter.Value == "true")}",
            AttributeType.DateTime => $"{actual.Text} {Sign(filter.Kind)} "
                + $"{Parameter(dialect.Time(DateTimeOffset.Parse(filter.Value, CultureInfo.InvariantCulture)))}",
            _ => Text(actual.Text, filter.Kind, filter.Value),
        };
        return actual.Nullable ? $"COALESCE({comparison}, FALSE)" : $"({comparison})";
    }

    private string Text(string actual, ComparisonKind kind, string value) => kind switch
    {
        ComparisonKind.Contains => dialect.Contains(actual, value, Parameter),
        ComparisonKind.StartsWith => dialect.StartsWith(actual, value, Parameter),
        ComparisonKind.EndsWith => dialect.EndsWith(actual, value, Parameter),
        ComparisonKind.Equal => $"{actual} = {Parameter(value)}",
        _ => $"{dialect.ByBytes(actual)} {Sign(kind)} {Parameter(value)}",
    };

    private static string Sign(ComparisonKind kind) => kind switch
    {
        ComparisonKind.Equal => "=",
        ComparisonKind.Greater => ">",
        ComparisonKind.GreaterOrEqual => ">=",
        ComparisonKind.Less => "<",
        _ => "<=",
    };

    /// <summary>A key whose texts order as the values do. Columns are short; what comes out of a document is cut.</summary>
    private string AsText(SchemaAttribute leaf, string expression) => leaf.Type switch
    {
        AttributeType.Boolean => $"CASE WHEN {expression} THEN 'true' WHEN NOT ({expression}) THEN 'false' END",
        AttributeType.DateTime => dialect.TimeAsText(expression),
        _ when expression.Contains('(', StringComparison.Ordinal) => dialect.Cut(expression, MaxSortKey),
        _ => expression,
    };
}
