namespace Provisioning.Writing;

/// <summary>The erasable part of a log entry.</summary>
/// <param name="Name">What people call the resource.</param>
/// <param name="Detail">The message the caller got.</param>
/// <param name="Differences">Attribute by attribute, before and after, as JSON.</param>
/// <param name="UnknownAttributes">What a warning of unknown attributes names; null where there is none.</param>
internal sealed record LogPersonal(
    string Name, string Detail, IReadOnlyList<LogDifference> Differences, UnknownAttributeNames? UnknownAttributes = null);
