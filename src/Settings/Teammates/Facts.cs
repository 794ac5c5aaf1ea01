using Provisioning.V1;

namespace Settings.Teammates;

/// <summary>A profile as lines to read: what is empty is left out.</summary>
internal static class Facts
{
    public static IEnumerable<(string Name, string Value)> Of(Teammate teammate)
    {
        var profile = teammate.Profile;
        (string Name, string Value)[] all =
        [
            (Texts.Fact_UserName, profile.UserName),
            (Texts.Fact_Name,
                profile.Name is { } name ? name.Formatted.Length > 0 ? name.Formatted : $"{name.GivenName} {name.FamilyName}".Trim() : ""),
            (Texts.Fact_Emails, Values(profile.Emails)),
            (Texts.Fact_Phones, Values(profile.PhoneNumbers)),
            (Texts.Fact_Title, profile.Title),
            (Texts.Fact_Department, profile.Enterprise?.Department ?? ""),
            (Texts.Fact_Organization, profile.Enterprise?.Organization ?? ""),
            (Texts.Fact_EmployeeNumber, profile.Enterprise?.EmployeeNumber ?? ""),
            (Texts.Fact_ReportsTo,
                profile.Enterprise?.Manager is { } manager ? manager.DisplayName.Length > 0 ? manager.DisplayName : manager.Value : ""),
            (Texts.Fact_UserType, profile.UserType),
            (Texts.Fact_Roles, string.Join(", ", People.RolesOf(teammate))),
            (Texts.Grant_Locale, teammate.EffectiveLocale),
            (Texts.Grant_TimeZone, teammate.EffectiveTimeZone),
        ];
        return all.Where(each => each.Value.Length > 0);
    }

    private static string Values(IEnumerable<MultiValue> values) =>
        string.Join(", ", values.Select(each => each.Type.Length > 0 ? $"{each.Value} ({each.Type})" : each.Value));
}
