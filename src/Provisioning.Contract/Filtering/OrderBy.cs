namespace Provisioning.Filtering;

/// <summary>An order of a list (AIP-132): by one attribute, then by id.</summary>
/// <param name="Attribute">The attribute's name, in any form that <see cref="Schemas.AttributeNames"/> knows.</param>
/// <param name="Descending">Whether the last comes first.</param>
public sealed record OrderBy(string Attribute, bool Descending)
{
    private const int MaxLength = 1_000;

    /// <summary>Parses an order such as "userName" or "userName desc".</summary>
    /// <returns>Null for a text that is no order.</returns>
    public static OrderBy? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
        {
            [var name] when IsName(name) => new(name, false),
            [var name, var direction] when IsName(name) && direction.Equals("asc", StringComparison.OrdinalIgnoreCase) => new(name, false),
            [var name, var direction] when IsName(name) && direction.Equals("desc", StringComparison.OrdinalIgnoreCase) => new(name, true),
            _ => null,
        };
    }

    /// <summary>The order as text.</summary>
    public override string ToString() => Descending ? $"{Attribute} desc" : Attribute;

    private static bool IsName(string text) => text.Length <= MaxLength && FilterParser.IsName(text);
}
