namespace Provisioning.Writing;

/// <summary>One attribute on both sides of a write.</summary>
/// <param name="Attribute">Its name.</param>
/// <param name="Before">What it was, as JSON; null where it was absent.</param>
/// <param name="After">What it is, as JSON; null where it is absent.</param>
internal sealed record LogDifference(string Attribute, string? Before, string? After)
{
    /// <summary>What differs between two sides, by the attributes' names.</summary>
    public static IReadOnlyList<LogDifference> Between(SortedDictionary<string, string> before, SortedDictionary<string, string> after) =>
    [
        .. before.Keys.Union(after.Keys).Order(StringComparer.Ordinal)
            .Select(name => new LogDifference(name, before.GetValueOrDefault(name), after.GetValueOrDefault(name)))
            .Where(difference => difference.Before != difference.After),
    ];
}
