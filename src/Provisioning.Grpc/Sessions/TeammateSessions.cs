using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Provisioning.Log;
using Provisioning.Storage;

namespace Provisioning.Sessions;

/// <summary>Sessions end with what they rest on, in the same transaction.</summary>
internal static class TeammateSessions
{
    /// <summary>The attribute under which a log entry tells how many sessions ended.</summary>
    public const string Attribute = "sessions";

    /// <summary>Ends every session and sign-in link of a teammate who is blocked, deleted, or no company admin any more.</summary>
    public static async Task EndAsync(Write write, string teammateId)
    {
        await write.Db.SignInLinks.Where(row => row.CompanyId == write.CompanyId && row.TeammateId == teammateId).ExecuteDeleteAsync(write.Cancellation);
        var ended = await write.Db.Sessions.Where(row => row.CompanyId == write.CompanyId && row.TeammateId == teammateId).ExecuteDeleteAsync(write.Cancellation);
        if (ended > 0)
        {
            write.Note(new LogDifference(Attribute, ended.ToString(CultureInfo.InvariantCulture), null));
        }
    }
}
