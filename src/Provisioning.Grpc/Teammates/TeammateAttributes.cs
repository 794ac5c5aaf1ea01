using Provisioning.Json;

namespace Provisioning.Teammates;

/// <summary>Where a filter finds an attribute.</summary>
internal enum Place
{
    Id,
    UserName,
    ExternalId,
    Active,

    /// <summary>A text in the searchable document.</summary>
    Text,

    /// <summary>A list of objects in the searchable document.</summary>
    List,
}

/// <summary>An attribute that filters may name.</summary>
/// <param name="Place">Where it is found.</param>
/// <param name="Path">Its path in the searchable document; for a list the list's.</param>
/// <param name="Index">Which indexed values it has; empty for none.</param>
internal sealed record FilterAttribute(Place Place, string[] Path, string Index = "");

/// <summary>The one table of attributes that filters know (RFC 7643 section 4), by SCIM's names in lower case.</summary>
internal static class TeammateAttributes
{
    private static readonly string[] Multi = ["emails", "phonenumbers", "ims", "photos", "addresses", "entitlements", "roles", "x509certificates"];

    private static readonly string[] ListParts =
        ["value", "display", "type", "primary", "formatted", "streetaddress", "locality", "region", "postalcode", "country"];

    private static readonly Dictionary<string, FilterAttribute> Core = Build();
    private static readonly Dictionary<string, FilterAttribute> Enterprise = BuildEnterprise();

    /// <summary>Finds an attribute; null when there is none of that name.</summary>
    public static FilterAttribute? Find(string schema, string attribute, string subAttribute)
    {
        var name = (subAttribute.Length == 0 ? attribute : $"{attribute}.{subAttribute}").ToLowerInvariant();
        return schema.Length == 0 || schema.Equals(ProfileJson.UserSchema, StringComparison.OrdinalIgnoreCase) ? Core.GetValueOrDefault(name)
            : schema.Equals(ProfileJson.EnterpriseSchema, StringComparison.OrdinalIgnoreCase) ? Enterprise.GetValueOrDefault(name)
            : null;
    }

    /// <summary>Whether a list's values have such a part.</summary>
    public static bool IsListPart(string name) => ListParts.Contains(name.ToLowerInvariant());

    private static Dictionary<string, FilterAttribute> Build()
    {
        var table = new Dictionary<string, FilterAttribute>
        {
            ["id"] = new(Place.Id, []),
            ["username"] = new(Place.UserName, []),
            ["externalid"] = new(Place.ExternalId, []),
            ["active"] = new(Place.Active, []),
        };
        foreach (var name in (string[])["displayname", "nickname", "profileurl", "title", "usertype", "preferredlanguage", "locale", "timezone"])
        {
            table[name] = new(Place.Text, [name]);
        }

        foreach (var part in (string[])["formatted", "familyname", "givenname", "middlename", "honorificprefix", "honorificsuffix"])
        {
            table["name." + part] = new(Place.Text, ["name", part]);
        }

        foreach (var name in Multi)
        {
            var index = name is TeammateValues.Emails or TeammateValues.Roles ? name : "";
            table[name] = new(Place.List, [name], index);
            foreach (var part in ListParts)
            {
                table[$"{name}.{part}"] = new(Place.List, [name], part == "value" ? index : "");
            }
        }

        return table;
    }

    private static Dictionary<string, FilterAttribute> BuildEnterprise()
    {
        var urn = ProfileJson.EnterpriseSchema.ToLowerInvariant();
        var table = new Dictionary<string, FilterAttribute>();
        foreach (var name in (string[])["employeenumber", "costcenter", "organization", "division", "department"])
        {
            table[name] = new(Place.Text, [urn, name]);
        }

        table["manager"] = new(Place.Text, [urn, "manager", "value"]);
        table["manager.value"] = table["manager"];
        table["manager.displayname"] = new(Place.Text, [urn, "manager", "displayname"]);
        return table;
    }
}
