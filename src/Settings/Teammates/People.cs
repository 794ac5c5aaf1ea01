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
    public static IReadOnlyList<string> RolesOf(Teammate teammate) =>
        [.. teammate.Profile.Roles.Select(role => role.Value).Where(value => value.Length > 0)];
}
