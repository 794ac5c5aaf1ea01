using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Writing;

namespace Provisioning.Teammates;

/// <summary>Sessions end with what they rest on, in the same transaction.</summary>
internal static class TeammateSessions
{
    /// <summary>The attribute under which a log entry tells how many sessions ended.</summary>
    public const string Attribute = "sessions";

    /// <summary>Ends every session and sign-in link of a teammate who is blocked, deleted, or no company admin any more.</summary>
    public static async Task EndAsync(OwnWrite write, string teammateId)
    {
        await write.Db.Set<SignInLink>().Where(row => row.CompanyId == write.CompanyId && row.TeammateId == teammateId)
            .ExecuteDeleteAsync(write.Cancellation);
        var ended = await write.Db.Set<Session>().Where(row => row.CompanyId == write.CompanyId && row.TeammateId == teammateId)
            .ExecuteDeleteAsync(write.Cancellation);
        if (ended > 0)
        {
            write.Note(new LogDifference(Attribute, ended.ToString(CultureInfo.InvariantCulture), null));
        }
    }
}
