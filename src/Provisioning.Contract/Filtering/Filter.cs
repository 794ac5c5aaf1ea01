using System.Text.Json;
using Provisioning.Json;

namespace Provisioning.Filtering;

/// <summary>
/// A condition over one resource (RFC 7644 section 3.4.2.2). <see cref="FilterParser"/> reads it from text, and <see cref="ToString"/>
/// writes it as text.
/// </summary>
public abstract record Filter
{
    private Filter()
    {
    }

    /// <summary>The names of attributes in it, as written; those within [ ] are not told apart.</summary>
    public IEnumerable<string> Attributes => this switch
    {
        All all => all.Filters.SelectMany(each => each.Attributes),
        Any any => any.Filters.SelectMany(each => each.Attributes),
        Not not => not.Inner.Attributes,
        OneOf one => [one.List],
        Comparison comparison => [comparison.Attribute],
        _ => [],
    };

    /// <summary>The filter in SCIM's grammar.</summary>
    public sealed override string ToString() => this switch
    {
        All all => $"({string.Join(" and ", all.Filters)})",
        Any any => $"({string.Join(" or ", any.Filters)})",
        Not not => $"not ({not.Inner})",
        OneOf one => $"{one.List}[{one.Inner}]",
        Comparison { Operator: ComparisonOperator.Pr } present => $"{present.Attribute} pr",
        Comparison comparison => $"{comparison.Attribute} {comparison.Operator.ToString().ToLowerInvariant()} {comparison.Value}",
        _ => "",
    };

    /// <summary>All of them hold.</summary>
    /// <param name="Filters">Two at least.</param>
    public sealed record All(IReadOnlyList<Filter> Filters) : Filter;

    /// <summary>One of them holds.</summary>
    /// <param name="Filters">Two at least.</param>
    public sealed record Any(IReadOnlyList<Filter> Filters) : Filter;

    /// <summary>It does not hold.</summary>
    /// <param name="Inner">The condition.</param>
    public sealed record Not(Filter Inner) : Filter;

    /// <summary>One value of a multi-valued attribute meets all of a condition, as in emails[type eq "work"].</summary>
    /// <param name="List">The attribute.</param>
    /// <param name="Inner">The condition, whose attributes are the value's.</param>
    public sealed record OneOf(string List, Filter Inner) : Filter;

    /// <summary>One attribute compared with one value.</summary>
    /// <param name="Attribute">The attribute's name, in any form that <see cref="Schemas.AttributeNames"/> knows.</param>
    /// <param name="Operator">How.</param>
    /// <param name="Value">With what; null for <see cref="ComparisonOperator.Pr"/>.</param>
    public sealed record Comparison(string Attribute, ComparisonOperator Operator, Literal Value) : Filter;
}

/// <summary>How an attribute is compared (RFC 7644 table 3).</summary>
public enum ComparisonOperator
{
    /// <summary>Equal.</summary>
    Eq,

    /// <summary>Not equal; true where the attribute is absent.</summary>
    Ne,

    /// <summary>Contains.</summary>
    Co,

    /// <summary>Starts with.</summary>
    Sw,

    /// <summary>Ends with.</summary>
    Ew,

    /// <summary>Greater, or later.</summary>
    Gt,

    /// <summary>Greater or equal.</summary>
    Ge,

    /// <summary>Less, or earlier.</summary>
    Lt,

    /// <summary>Less or equal.</summary>
    Le,

    /// <summary>Present. Takes no value.</summary>
    Pr,
}

/// <summary>The JSON type of a value in a filter.</summary>
public enum LiteralKind
{
    /// <summary>JSON's null.</summary>
    Null,

    /// <summary>A text.</summary>
    Text,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>A JSON number, as written.</summary>
    Number,
}

/// <summary>A value that an attribute is compared with.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The text itself; "true" or "false"; the number as written; empty for null.</param>
public readonly record struct Literal(LiteralKind Kind, string Text)
{
    /// <summary>JSON's null.</summary>
    public static Literal Null { get; } = new(LiteralKind.Null, "");

    /// <summary>A text.</summary>
    public static Literal Of(string text) => new(LiteralKind.Text, text);

    /// <summary>true or false.</summary>
    public static Literal Of(bool flag) => new(LiteralKind.Boolean, flag ? "true" : "false");

    /// <summary>The value as filters write it.</summary>
    public override string ToString() => Kind switch
    {
        LiteralKind.Null => "null",
        LiteralKind.Text => $"\"{JsonEncodedText.Encode(Text, ProfileJson.Compact.Encoder)}\"",
        _ => Text,
    };
}
