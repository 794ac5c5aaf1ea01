using System.Globalization;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Lists;
using Provisioning.Sessions;
using Provisioning.Storage;
using Provisioning.V1;
using Provisioning.Writing;
using Enum = System.Enum;
using Teammate = Provisioning.Teammates.Teammate;

namespace Provisioning.Log;

/// <summary>Reads the provisioning log of the caller's company, and takes what front ends refused by themselves.</summary>
internal sealed class LogOperations(ProvisioningDb db, Dialect dialect, SealedTokens tokens, RefusalLog refusals)
{
    /// <summary>The one outcome that has an index of its own.</summary>
    private const LogEntry.Types.Outcome Refused = LogEntry.Types.Outcome.Refused;

    private const int MaxSpans = 500, LastYear = 9000;

    /// <summary>How many rows a page may read for a filter that no index helps.</summary>
    private const int MaxRead = 20_000;

    private static readonly TimeSpan MaxSpan = TimeSpan.FromDays(31);

    /// <summary>How long before a teammate was created what was refused about their user name belongs to their history.</summary>
    private static readonly TimeSpan Inherited = TimeSpan.FromDays(30);

    public async Task<ListLogEntriesResponse> ListAsync(Caller caller, ListLogEntriesRequest request, CancellationToken cancellation)
    {
        var company = caller.Company;
        var list = $"log/{company}/{request.ResourceId}/{request.Outcome}/{request.TokenId}/{request.ConnectionId}/"
            + $"{request.StartTime}/{request.EndTime}/{request.UserName}";
        var page = Page.Read(tokens, list, request.PageSize, request.PageToken, 0);
        await refusals.SettleAsync(cancellation);
        var (resourceId, subject, subjectFrom) = await AboutAsync(company, request.ResourceId, request.UserName, cancellation);
        var rows = db.Set<LogRow>().AsNoTracking().Where(row => row.CompanyId == company);
        rows = resourceId.Length == 0 && subject.Length == 0 ? rows
            : rows.Where(row => (resourceId != "" && row.ResourceId == resourceId)
                || (row.Subject != "" && row.Subject == subject && string.Compare(row.Id, subjectFrom) >= 0));
        rows = request.Outcome == Refused ? rows.Where(row => row.Outcome == Refused) : rows;
        if (request.StartTime is { } start)
        {
            var first = ResourceIds.Floor(ResourceIds.LogEntry, start.ToDateTimeOffset());
            rows = rows.Where(row => string.Compare(row.Id, first) >= 0);
        }

        if (request.EndTime is { } end)
        {
            var beyond = ResourceIds.Floor(ResourceIds.LogEntry, end.ToDateTimeOffset());
            rows = rows.Where(row => string.Compare(row.Id, beyond) < 0);
        }

        rows = page.After.Length == 0 ? rows : rows.Where(row => string.Compare(row.Id, page.After) < 0);
        var response = new ListLogEntriesResponse();
        if ((request.TokenId.Length > 0 || request.ConnectionId.Length > 0
            || request.Outcome is not (LogEntry.Types.Outcome.Unspecified or Refused))
            && await rows.OrderByDescending(row => row.Id).Select(row => row.Id).Skip(MaxRead).FirstOrDefaultAsync(cancellation)
                is { } bound)
        {
            rows = rows.Where(row => string.Compare(row.Id, bound) >= 0);
            response.NextPageToken = Page.Seal(tokens, list, bound);
        }

        rows = request.Outcome is LogEntry.Types.Outcome.Unspecified or Refused ? rows : rows.Where(row => row.Outcome == request.Outcome);
        rows = request.TokenId.Length == 0 ? rows : rows.Where(row => row.ActorTokenId == request.TokenId);
        rows = request.ConnectionId.Length == 0 ? rows : rows.Where(row => row.ActorConnectionId == request.ConnectionId);
        var found = await rows.OrderByDescending(row => row.Id).Take(page.Size + 1).ToListAsync(cancellation);
        if (found.Count > page.Size)
        {
            (found, response.NextPageToken) = page.Cut(tokens, list, found, row => row.Id);
        }

        var admins = await AdminNames.OfAsync(db, company, found.Select(row => row.ActorTokenId), cancellation);
        response.LogEntries.AddRange(found.Select(row => ToMessage(row, admins)));
        return response;
    }

    /// <summary>
    /// How many entries spans of time have, by their outcomes. Ids are ordered by time, so that only the spans' own entries are read.
    /// </summary>
    public async Task<CountLogEntriesResponse> CountAsync(Caller caller, CountLogEntriesRequest request, CancellationToken cancellation)
    {
        var (start, span) = (request.StartTime?.ToDateTimeOffset() ?? throw Failures.InvalidField("start_time", "start_time is required."),
            request.Span?.ToTimeSpan() ?? default);
        if (span < TimeSpan.FromSeconds(1) || span > MaxSpan)
        {
            throw Failures.InvalidField("span", $"span must be between one second and {MaxSpan.TotalDays} days.");
        }

        if (start.Year is < 1970 or > LastYear)
        {
            throw Failures.InvalidField("start_time", $"start_time must lie between the years 1970 and {LastYear}.");
        }

        if (request.SpanCount is < 1 or > MaxSpans)
        {
            throw Failures.InvalidField("span_count", $"span_count must be between 1 and {MaxSpans}.");
        }

        await refusals.SettleAsync(cancellation);
        var (resourceId, subject, subjectFrom) = await AboutAsync(caller.Company, request.ResourceId, request.UserName, cancellation);
        var response = new CountLogEntriesResponse();
        response.Spans.AddRange(Enumerable.Range(0, request.SpanCount)
            .Select(index => new LogEntryCounts { StartTime = (start + index * span).ToTimestamp() }));
        var (first, beyond) = (
            ResourceIds.Floor(ResourceIds.LogEntry, start), ResourceIds.Floor(ResourceIds.LogEntry, start + request.SpanCount * span));
        var sql =
            $$"""
            SELECT {{dialect.SpansSince("time", "{1}", "{2}")}} AS "Span",
             outcome AS "Outcome", CAST(SUM(count) AS bigint) AS "Count"
            FROM log_entries WHERE company_id = {0} AND id >= {3} AND id < {4} AND (({5} = '' AND {8} = '') OR ({5} <> ''
                AND resource_id = {5}) OR (subject <> '' AND subject = {8} AND id >= {9})) AND ({6} = '' OR actor_token_id = {6})
                    AND ({7} = '' OR actor_connection_id = {7}) GROUP BY 1, 2
            """;
        var counted = await db.Database.SqlQueryRaw<Counted>(
            sql, caller.Company, dialect.Time(start), dialect.Length(span), first, beyond, resourceId, request.TokenId,
                request.ConnectionId, subject, subjectFrom).ToListAsync(cancellation);
        foreach (var row in counted)
        {
            var counts = response.Spans[Math.Clamp(row.Span, 0, request.SpanCount - 1)];
            counts.Done += row.Outcome == LogEntry.Types.Outcome.Done ? row.Count : 0;
            counts.Unchanged += row.Outcome == LogEntry.Types.Outcome.Unchanged ? row.Count : 0;
            counts.Refused += row.Outcome == LogEntry.Types.Outcome.Refused ? row.Count : 0;
        }

        return response;
    }

    /// <summary>
    /// Which entries are about somebody or something: those of a resource, and those about a user name from an id on. A teammate's
    /// include what was refused about their user name shortly before they were created, and since.
    /// </summary>
    private async Task<(string ResourceId, string Subject, string SubjectFrom)> AboutAsync(
        string company, string resourceId, string userName, CancellationToken cancellation)
    {
        var folded = Folding.Fold(userName);
        if (folded.Length == 0 && !resourceId.StartsWith(ResourceIds.Teammate + "_", StringComparison.Ordinal))
        {
            return (resourceId, "", "");
        }

        var teammate = await db.Set<Teammate>().AsNoTracking()
            .Where(row => row.CompanyId == company && (resourceId == "" || row.Id == resourceId)
                && (folded == "" || row.UserNameFolded == folded))
            .Select(row => new { row.Id, row.UserNameFolded, row.CreateTime }).FirstOrDefaultAsync(cancellation);
        return folded.Length > 0 && resourceId.Length == 0 ? (teammate?.Id ?? "", folded, "")
            : teammate is null ? (resourceId, folded, "")
            : (resourceId, teammate.UserNameFolded, ResourceIds.Floor(ResourceIds.LogEntry, teammate.CreateTime - Inherited));
    }

    /// <summary>Logs what a front end refused by itself, in the name of its caller.</summary>
    public void Report(Caller caller, ReportRefusalRequest request)
    {
        if (request.Method.Length is 0 or > 200 || !Folding.IsStorable(request.Method))
        {
            throw Failures.InvalidField("method", "method must have 1 to 200 characters.");
        }

        if (request.Detail.Length is 0 or > 2_000 || !Folding.IsStorable(request.Detail))
        {
            throw Failures.InvalidField("detail", "detail must have 1 to 2000 characters.");
        }

        if (!Enum.IsDefined(request.Reason))
        {
            throw Failures.InvalidField("reason", "reason must be one of the contract's reasons.");
        }

        refusals.Note(caller, request.Method, request.Reason, request.Detail, request.ResourceId, request.UserName);
    }

    public static LogEntry ToMessage(LogRow row, IReadOnlyDictionary<string, string> admins)
    {
        var actor = row.ActorKind == Actor.Types.Kind.Teammate
            ? admins.GetValueOrDefault(row.ActorTokenId, AdminNames.Former)
            : row.ActorName;
        var personal = row.Personal is null ? new("", "", []) : JsonSerializer.Deserialize(row.Personal, LogJson.Default.LogPersonal)!;
        var message = new LogEntry
        {
            Id = row.Id,
            LogTime = row.Time.ToTimestamp(),
            Count = row.Count,
            LastLogTime = row.LastTime.ToTimestamp(),
            Actor = new() { Kind = row.ActorKind, TokenId = row.ActorTokenId, Name = actor, ConnectionId = row.ActorConnectionId },
            Method = row.Method,
            Outcome = row.Outcome,
            Reason = row.Reason,
            ResourceId = row.ResourceId,
            ResourceName = personal.Name,
            Detail = personal.Detail,
            UserName = row.Subject,
            Summary = LogSentences.Summary(row, actor, personal, Codes<Change.Types.Kind>(row.Kinds)),
        };
        message.Warnings.AddRange(Codes<Warning.Types.Code>(row.Warnings)
            .Select(code => code != Warning.Types.Code.UnknownAttributes ? Warnings.Of(code)
            : Warnings.OfUnknownAttributes(personal.UnknownAttributes?.First ?? [], personal.UnknownAttributes?.Count
                ?? 0, !row.ResourceId.StartsWith(ResourceIds.Group + "_", StringComparison.Ordinal))));
        message.Differences.AddRange(personal.Differences.Select(each =>
            new AttributeDifference { Attribute = each.Attribute, BeforeJson = each.Before ?? "", AfterJson = each.After ?? "" }));
        return message;
    }

    private sealed record Counted(int Span, LogEntry.Types.Outcome Outcome, long Count);

    private static IReadOnlyList<T> Codes<T>(string numbers)
        where T : struct, Enum =>
        [.. numbers.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(number => (T)Enum.ToObject(typeof(T), int.Parse(number, CultureInfo.InvariantCulture)))];
}
