namespace Scim.Connection;

/// <summary>
/// Finds the address that was probably meant by one that leads nowhere: base URLs are typed by hand, with other prefixes and in the
/// singular.
/// </summary>
internal static class LikelyAddress
{
    private static readonly string[] Places =
        ["Users", "Groups", "Roles", "Bulk", "ServiceProviderConfig", "ResourceTypes", "Schemas", "Me", ".search"];

    /// <summary>The probable address; the base URL where nothing in the path looks like a place of ours.</summary>
    /// <param name="baseUrl">The SCIM base URL, without a slash at its end.</param>
    /// <param name="path">The path that was asked for.</param>
    public static string Of(string baseUrl, string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var index = 0; index < parts.Length; index++)
        {
            if (Places.FirstOrDefault(place => IsMeant(place, parts[index])) is { } found)
            {
                return $"{baseUrl}/{string.Join('/', [found, .. parts[(index + 1)..]])}";
            }
        }

        return baseUrl;
    }

    private static bool IsMeant(string place, string part) =>
        part.Equals(place, StringComparison.OrdinalIgnoreCase)
            || (place.EndsWith('s') && part.Equals(place[..^1], StringComparison.OrdinalIgnoreCase))
        || (place == "ServiceProviderConfig" && part.Equals("ServiceProviderConfigs", StringComparison.OrdinalIgnoreCase));
}
