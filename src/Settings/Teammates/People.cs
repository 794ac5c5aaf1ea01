using System.Text.Json;
using Provisioning.V1;

namespace Settings.Teammates;

/// <summary>Teammates as people speak of them.</summary>
internal static class People
{
    /// <summary>The display name, else the name, else the user name.</summary>
    public static string NameOf(Teammate teammate)
    {
        var profile = teammate.Profile;
        var name = profile.Name is null ? "" : profile.Name.Formatted.Length > 0 ? profile.Name.Formatted
            : $"{profile.Name.GivenName} {profile.Name.FamilyName}".Trim();
        return profile.DisplayName.Length > 0 ? profile.DisplayName : name.Length > 0 ? name : profile.UserName;
    }

    /// <summary>The texts of the roles that a provider gave, in their order.</summary>
    public static IReadOnlyList<string> RolesOf(Teammate teammate)
    {
        if (teammate.Profile.RolesJson.Length == 0)
        {
            return [];
        }

        using var roles = JsonDocument.Parse(teammate.Profile.RolesJson);
        return [.. roles.RootElement.EnumerateArray().Select(TextOf).OfType<string>()];
    }

    private static string? TextOf(JsonElement role) => role.ValueKind switch
    {
        JsonValueKind.String => role.GetString(),
        JsonValueKind.Object when role.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.String =>
            value.GetString(),
        _ => null,
    };
}
