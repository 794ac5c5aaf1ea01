using Provisioning.Schemas;

namespace Provisioning.Filtering;

/// <summary>How one value is compared. Everything else that filters can say is made of these, of presence and of not.</summary>
public enum ComparisonKind
{
    /// <summary>The same.</summary>
    Equal,

    /// <summary>Contains.</summary>
    Contains,

    /// <summary>Starts with.</summary>
    StartsWith,

    /// <summary>Ends with.</summary>
    EndsWith,

    /// <summary>After, by bytes or in time.</summary>
    Greater,

    /// <summary>After or the same.</summary>
    GreaterOrEqual,

    /// <summary>Before.</summary>
    Less,

    /// <summary>Before or the same.</summary>
    LessOrEqual,
}

/// <summary>
/// A filter whose names are resolved and whose values are checked and folded: what both evaluations, SQL and in memory,
/// go by. `ne` and comparisons with null are gone: they are presence, equality and not. Each node is true or false.
/// </summary>
public abstract record BoundFilter
{
    private BoundFilter()
    {
    }

    /// <summary>All of them hold.</summary>
    public sealed record All(IReadOnlyList<BoundFilter> Filters) : BoundFilter;

    /// <summary>One of them holds.</summary>
    public sealed record Any(IReadOnlyList<BoundFilter> Filters) : BoundFilter;

    /// <summary>It does not hold.</summary>
    public sealed record Not(BoundFilter Filter) : BoundFilter;

    /// <summary>
    /// The target has a value. Within a list's values the target's part is meant; a list itself is present when it has
    /// any value.
    /// </summary>
    public sealed record Present(SearchTarget Target) : BoundFilter;

    /// <summary>The target's one value compares so.</summary>
    /// <param name="Target">What is compared.</param>
    /// <param name="Kind">How.</param>
    /// <param name="Value">A text, folded unless the attribute is case-exact; "true" or "false"; or a moment as documents hold it.</param>
    public sealed record Compare(SearchTarget Target, ComparisonKind Kind, string Value) : BoundFilter;

    /// <summary>One value of a list meets the inner filter, whose targets are the list's parts.</summary>
    public sealed record OneOf(SearchTarget List, BoundFilter Filter) : BoundFilter;
}

/// <summary>A filter asks for something that cannot be answered.</summary>
/// <param name="attribute">The attribute concerned; empty for none.</param>
/// <param name="sentence">What is wrong, and the remedy.</param>
public sealed class FilterFormatException(string attribute, string sentence) : FormatException(sentence)
{
    /// <summary>The attribute concerned; empty for none.</summary>
    public string Attribute { get; } = attribute;
}
