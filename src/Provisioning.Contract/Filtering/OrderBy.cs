namespace Provisioning.Filtering;

/// <summary>An order of a list (AIP-132): by one attribute, then by id.</summary>
/// <param name="Attribute">The attribute's name, in any form that <see cref="Schemas.AttributeNames"/> knows.</param>
/// <param name="Descending">Whether the last comes first.</param>
public sealed record OrderBy(string Attribute, bool Descending)
{
    private const int MaxLength = 1_000;

    /// <summary>Parses an order such as "userName" or "userName desc".</summary>
    /// <returns>Null for an empty text.</returns>
    /// <exception cref="FilterFormatException">It is no order.</exception>
    public static OrderBy? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            [] => null,
            [var name] when IsName(name) => new(name, false),
            [var name, var direction] when IsName(name) && direction.Equals("asc", StringComparison.OrdinalIgnoreCase) => new(name, false),
            [var name, var direction] when IsName(name) && direction.Equals("desc", StringComparison.OrdinalIgnoreCase) => new(name, true),
            _ => throw new FilterFormatException("order_by", "order_by must be one attribute's name, and asc or desc behind it, such as \"userName desc\"."),
        };
    }

    /// <summary>The order as text.</summary>
    public override string ToString() => Descending ? $"{Attribute} desc" : Attribute;

    private static bool IsName(string text) => text.Length <= MaxLength && FilterParser.IsName(text);
}
