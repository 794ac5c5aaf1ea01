namespace Provisioning.Writing;

/// <summary>Names of attributes that came for the first time, as a warning tells them.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Count">How many there are in all.</param>
internal sealed record UnknownAttributeNames(IReadOnlyList<string> First, int Count);
