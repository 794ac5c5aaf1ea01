using System.Text.Json;
using System.Text.Json.Nodes;

namespace Provisioning.Templates;

/// <summary>The role values of a profile, read from the shapes in which providers send them.</summary>
internal static class Roles
{
    private const int MaxCandidates = 200;

    /// <summary>The values in the order in which they decide on a template: the primary one first, then as received.</summary>
    /// <param name="profile">A profile's attributes.</param>
    public static IReadOnlyList<string> Values(JsonObject profile) =>
        profile["roles"] is not JsonArray roles
            ? []
            : [.. roles.OrderByDescending(IsPrimary).Select(ValueOf).Where(value => !string.IsNullOrWhiteSpace(value))
                .Select(value => value!)];

    /// <summary>What may name a template: each value whole, then its parts between commas.</summary>
    public static IReadOnlyList<string> Candidates(JsonObject profile) =>
        [.. Values(profile).SelectMany(value => value.Contains(',', StringComparison.Ordinal) ? [value, .. value.Split(',')]
            : new[] { value })
            .Select(value => value.Trim()).Where(value => value.Length > 0).Distinct().Take(MaxCandidates)];

    private static bool IsPrimary(JsonNode? role) =>
        role is JsonObject item && item.TryGetPropertyValue("primary", out var primary) && primary?.GetValueKind() == JsonValueKind.True;

    private static string? ValueOf(JsonNode? role) => role switch
    {
        JsonObject item => item.TryGetPropertyValue("value", out var value) ? Text(value) : null,
        _ => Text(role),
    };

    private static string? Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;
}
