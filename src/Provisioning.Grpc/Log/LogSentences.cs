using System.Text.RegularExpressions;
using Provisioning.Contract;
using Provisioning.Teammates;
using Provisioning.Writing;
using Kind = Provisioning.V1.Change.Types.Kind;
using Outcome = Provisioning.V1.LogEntry.Types.Outcome;

namespace Provisioning.Log;

/// <summary>Puts a log entry into one sentence for people, composed when read so that erasing a name erases it everywhere.</summary>
internal static partial class LogSentences
{
    public static string Summary(LogRow row, string actor, LogPersonal personal, IReadOnlyList<Kind> kinds)
    {
        var what = personal.Name.Length > 0 ? personal.Name : row.ResourceId.Length > 0 ? row.ResourceId : "something";
        return row.Outcome switch
        {
            Outcome.Refused =>
                $"{actor} could not {AskedAbout(row.Method, personal)}{(personal.Detail.Length > 0 ? $": {personal.Detail}" : "")}",
            Outcome.Unchanged => $"{actor} asked to {Asked(row.Method).Split(' ')[0]} {what}, and nothing had to change",
            _ when row.Method == "RevealApiToken" => $"{actor} looked at the value of {what}",
            _ when row.Method == "EraseLogEntries" =>
                $"{actor} erased what the log holds about {(row.ResourceId.Length > 0 ? row.ResourceId : "a person")}",
            _ when row.Method == "CreateSession" => $"{what} signed in",
            _ when row.Method == "DeleteSession" => $"{actor} ended a session of {what}",
            _ when row.Method == "CreateSignInLink" => $"{actor} made a sign-in link for {what}",
            _ when kinds.Count == 0 => $"{actor} called {row.Method} for {what}",
            _ when kinds.Contains(Kind.TeammateCreated) && kinds.Contains(Kind.TemplateAssigned) =>
                $"{actor} created {what} and gave them a template",
            _ when kinds.Contains(Kind.GroupCreated) && kinds.Contains(Kind.GroupMemberAdded) => $"{actor} created {what} with members",
            _ => $"{actor} {Verbs(row, kinds)} {what}{SessionsEnded(personal)}",
        };
    }

    /// <summary>What was asked, naming whom or what it is about where the message does not.</summary>
    private static string AskedAbout(string method, LogPersonal personal)
    {
        var asked = Asked(method);
        return personal.Name.Length == 0 || personal.Detail.Contains(personal.Name, StringComparison.OrdinalIgnoreCase) ? asked
            : asked.StartsWith("create ", StringComparison.Ordinal) ? $"{asked}, {personal.Name}"
            : asked.EndsWith(" a teammate", StringComparison.Ordinal)
                || asked.EndsWith(" a teammate group", StringComparison.Ordinal) ? $"{asked.Split(' ')[0]} {personal.Name}"
            : $"{asked} for {personal.Name}";
    }

    /// <summary>
    /// What an rpc is for, in words: "create a teammate". What a front end refused by itself is told as it came: "send PATCH /v2/Users".
    /// </summary>
    private static string Asked(string method)
    {
        var words = WordStart().Split(method).Where(word => word.Length > 0).Select(word => word.ToLowerInvariant()).ToList();
        if (method.Contains(' ', StringComparison.Ordinal) || words.Count < 2)
        {
            return $"send {method}";
        }

        var thing = string.Join(' ', words.Skip(1)).Replace("api token", "API token", StringComparison.Ordinal);
        var article = thing.EndsWith('s') || words[1] is "log" ? "" : "aeiouA".Contains(thing[0], StringComparison.Ordinal) ? "an " : "a ";
        return $"{(words[0] == "modify" ? "change" : words[0])} {article}{thing}";
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

    [GeneratedRegex("(?=[A-Z])")]
    private static partial Regex WordStart();
}
