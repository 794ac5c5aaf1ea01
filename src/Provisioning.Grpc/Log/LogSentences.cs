using Provisioning.Contract;
using Provisioning.Sessions;
using Kind = Provisioning.V1.Change.Types.Kind;
using Outcome = Provisioning.V1.LogEntry.Types.Outcome;

namespace Provisioning.Log;

/// <summary>Puts a log entry into one sentence for people, composed when read so that erasing a name erases it everywhere.</summary>
internal static class LogSentences
{
    public static string Summary(LogRow row, string actor, LogPersonal personal, IReadOnlyList<Kind> kinds)
    {
        var what = personal.Name.Length > 0 ? personal.Name : row.ResourceId.Length > 0 ? row.ResourceId : "something";
        return row.Outcome switch
        {
            Outcome.Refused => $"{actor} was refused {row.Method}{(row.ResourceId.Length > 0 ? $" for {what}" : "")}{(personal.Detail.Length > 0 ? $": {personal.Detail}" : "")}",
            Outcome.Unchanged => $"{actor} asked for {what} what was so already ({row.Method})",
            _ when row.Method == "CreateSession" => $"{what} signed in",
            _ when row.Method == "DeleteSession" => $"{actor} ended a session of {what}",
            _ when row.Method == "CreateSignInLink" => $"{actor} made a sign-in link for {what}",
            _ when kinds.Count == 0 => $"{actor} called {row.Method} for {what}",
            _ => $"{actor} {Verbs(row, kinds)} {what}{SessionsEnded(personal)}",
        };
    }

    private static string Verbs(LogRow row, IReadOnlyList<Kind> kinds)
    {
        var ofGroup = row.ResourceId.StartsWith(ResourceIds.Group + "_", StringComparison.Ordinal);
        return string.Join(" and ", kinds.Where(kind => kind != Kind.TokenCreated || !kinds.Contains(Kind.TokenRotated))
            .Select(kind => Verb(kind, ofGroup)).Where(verb => verb.Length > 0).Distinct());
    }

    private static string SessionsEnded(LogPersonal personal) =>
        personal.Differences.FirstOrDefault(difference => difference.Attribute == TeammateSessions.Attribute)?.Before is { } ended
            ? ended == "1" ? "; 1 session ended" : $"; {ended} sessions ended"
            : "";

    private static string Verb(Kind kind, bool ofGroup) => kind switch
    {
        Kind.GroupMemberAdded when ofGroup => "added members to",
        Kind.GroupMemberRemoved when ofGroup => "removed members from",
        Kind.GroupTakenOver => "took over",
        Kind.TeammateCreated or Kind.TemplateCreated or Kind.TokenCreated or Kind.CompanyCreated or Kind.GroupCreated => "created",
        Kind.TeammateUpdated or Kind.TemplateUpdated or Kind.ConnectionUpdated or Kind.CompanyUpdated or Kind.GroupUpdated => "updated",
        Kind.TeammateBlocked => "blocked",
        Kind.TeammateUnblocked => "unblocked",
        Kind.TeammateDeleted or Kind.TemplateDeleted or Kind.GroupDeleted => "deleted",
        Kind.TemplateAssigned => "gave a template to",
        Kind.TokenRevoked => "revoked",
        Kind.TokenRotated => "rotated",
        Kind.Unspecified or Kind.ConnectionCreated or Kind.GroupMemberAdded or Kind.GroupMemberRemoved => "",
    };
}
