using System.Security.Cryptography;
using System.Text;
using Provisioning.V1;

namespace Scim.Users;

/// <summary>What of a teammate SCIM names otherwise.</summary>
internal static class UserMapping
{
    /// <summary>
    /// The teammate's version and, behind a dot, a digest of the groups that are shown: these come and go without a write
    /// of the teammate, and a reader who asks whether anything changed means them too.
    /// </summary>
    public static string Version(Teammate teammate)
    {
        if (teammate.Groups.Count == 0)
        {
            return teammate.Etag;
        }

        var groups = string.Join('\n', teammate.Groups.Select(group => group.GroupId + group.DisplayName));
        return $"{teammate.Etag}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(groups)).AsSpan(0, 6))}";
    }

    public static Teammate.Types.State StateOf(bool? active) => active switch
    {
        null => Teammate.Types.State.Unspecified,
        true => Teammate.Types.State.Active,
        false => Teammate.Types.State.Blocked,
    };
}
