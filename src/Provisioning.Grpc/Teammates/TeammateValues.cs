using System.Security.Cryptography;
using System.Text;
using Provisioning.Contract;
using Provisioning.V1;

namespace Provisioning.Teammates;

/// <summary>Which values of a teammate are found by equality through an index, whatever their number.</summary>
internal static class TeammateValues
{
    public const string Emails = "emails", Roles = "roles";

    /// <summary>Index keys have a bounded size: a longer value is looked up by its hash.</summary>
    private const int MaxKeyBytes = 400;

    public static string ExternalId(string connectionId) => "externalid/" + connectionId;

    /// <summary>A value as it stands in the index, folded where letter case does not matter.</summary>
    public static string Key(string value, bool caseExact)
    {
        var key = caseExact ? value : Folding.Fold(value);
        var bytes = Encoding.UTF8.GetBytes(key);
        return bytes.Length <= MaxKeyBytes ? key : "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    /// <summary>Every indexed value of a teammate.</summary>
    public static HashSet<(string Attribute, string Value)> Of(Profile profile, IReadOnlyDictionary<string, string> externalIds) =>
    [
        .. profile.Emails.Where(email => email.Value.Length > 0).Select(email => (Emails, Key(email.Value, caseExact: false))),
        .. Teammates.Roles.Values(profile.RolesJson).Select(role => (Roles, Key(role, caseExact: false))),
        .. externalIds.Select(entry => (ExternalId(entry.Key), Key(entry.Value, caseExact: true))),
    ];
}
