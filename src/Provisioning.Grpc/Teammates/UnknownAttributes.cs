using Google.Protobuf.Collections;
using Provisioning.Json;
using Provisioning.Schemas;
using Provisioning.V1;

namespace Provisioning.Teammates;

/// <summary>The attributes of a profile that no schema names.</summary>
internal static class UnknownAttributes
{
    /// <summary>
    /// Their names, those of known schemas' parts with the path to them. Extensions of others are no misspelt names: a URN says what they
    /// are.
    /// </summary>
    public static IEnumerable<string> In(Profile? profile) => profile is null ? [] :
    [
        .. profile.ExtensionsJson.Keys.Where(name => !AttributeNames.IsUrn(name)),
        .. Parts("name", profile.Name?.OtherJson),
        .. Parts("emails", profile.Emails), .. Parts("phoneNumbers", profile.PhoneNumbers), .. Parts("ims", profile.Ims),
            .. Parts("photos", profile.Photos),
        .. Parts("entitlements", profile.Entitlements), .. Parts("x509Certificates", profile.X509Certificates),
        .. profile.Addresses.SelectMany(address => Parts("addresses", address.OtherJson)),
        .. (profile.Enterprise?.OtherJson.Keys ?? []).Select(name => $"{ProfileJson.EnterpriseSchema}:{name}"),
        .. Parts($"{ProfileJson.EnterpriseSchema}:manager", profile.Enterprise?.Manager?.OtherJson),
    ];

    private static IEnumerable<string> Parts(string list, IEnumerable<MultiValue> values) =>
        values.SelectMany(value => Parts(list, value.OtherJson));

    private static IEnumerable<string> Parts(string attribute, MapField<string, string>? parts) =>
        (parts?.Keys ?? []).Select(part => $"{attribute}.{part}");
}
