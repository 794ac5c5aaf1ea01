using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Provisioning.Client;
using Provisioning.V1;

namespace Settings.Connect;

/// <summary>Finds out how far a connection is, by the same calls that a script would make.</summary>
internal static class ProgressReader
{
    private const int Newest = 50;

    /// <summary>Refusals that a wrong token or plan causes, whatever is asked.</summary>
    private static readonly ErrorReason[] OfEveryCall =
    [
        ErrorReason.TokenRevoked, ErrorReason.TokenExpired, ErrorReason.TokenUnknown, ErrorReason.ScopeMissing,
            ErrorReason.FeatureNotEnabled, ErrorReason.ToleranceRefused, ErrorReason.UnknownMethod,
    ];

    /// <summary>Reads it.</summary>
    /// <param name="client">The core.</param>
    /// <param name="provider">The provider.</param>
    /// <param name="since">Refusals before this do not count.</param>
    /// <param name="call">The options of each call.</param>
    /// <exception cref="ProvisioningException">What every call may fail with.</exception>
    public static async Task<Progress> ReadAsync(
        ProvisioningClient client, IdentityProvider provider, DateTime since, Func<CallOptions> call)
    {
        var connections = client.Connections.ListConnectionsAsync(new() { PageSize = 1000 }, call()).ResponseAsync;
        var tokens = client.ApiTokens.ListApiTokensAsync(new() { PageSize = 1000 }, call()).ResponseAsync;
        var refusals = client.Log.ListLogEntriesAsync(
            new() { Outcome = LogEntry.Types.Outcome.Refused, PageSize = 20, StartTime = since.AddHours(-1).ToTimestamp() },
                call()).ResponseAsync;
        var templates = client.Templates.ListTeammateTemplatesAsync(new() { PageSize = 1000 }, call()).ResponseAsync;
        await Task.WhenAll(connections, tokens, refusals, templates);

        var connection = connections.Result.Connections.Where(each => IdentityProvider.Of(each) == provider)
            .OrderByDescending(each => each.LastUseTime?.Seconds ?? 0).FirstOrDefault();
        var progress = new Progress
        {
            Connection = connection,
            Token = tokens.Result.ApiTokens.LastOrDefault(each => connection is not null && each.ConnectionId == connection.Id
                && each.RevokeTime is null
                && each.ReplacedBy.Length == 0 && (each.ExpireTime is null || each.ExpireTime.ToDateTime() > DateTime.UtcNow)),
            Templates = templates.Result.TotalSize,
            Refusal = refusals.Result.LogEntries.Where(each => OfEveryCall.Contains(each.Reason) && each.LastLogTime.ToDateTime() >= since)
                .Where(each => each.Actor.ConnectionId.Length == 0 || each.Actor.ConnectionId == connection?.Id)
                .Where(each => each.Actor.Kind == Actor.Types.Kind.ApiToken).MaxBy(each => each.LastLogTime.ToDateTime()),
        };
        return connection is null
            ? progress
            : await WithPeopleAsync(client, progress, connection, templates.Result.TeammateTemplates, call);
    }

    private static async Task<Progress> WithPeopleAsync(
        ProvisioningClient client, Progress progress, Connection connection, IEnumerable<TeammateTemplate> templates,
            Func<CallOptions> call)
    {
        var people = await client.Teammates.SearchTeammatesAsync(new() { ConnectionId = connection.Id, PageSize = Newest }, call());
        var matched = people.Teammates.FirstOrDefault(IsMatched);
        foreach (var template in matched is null && people.NextPageToken.Length > 0
            ? templates.Where(each => each.TeammateCount > 0).Take(10) : [])
        {
            var having = await client.Teammates.SearchTeammatesAsync(
                new() { ConnectionId = connection.Id, TemplateId = template.Id, PageSize = Newest }, call());
            matched ??= having.Teammates.FirstOrDefault(IsMatched);
        }

        var first = connection.FirstTeammateId.Length == 0
            ? null
            : people.Teammates.FirstOrDefault(each => each.Id == connection.FirstTeammateId) ?? await FindAsync(
                client, connection.FirstTeammateId, call);
        var groups = await client.Groups.ListTeammateGroupsAsync(new() { PageSize = 1000 }, call());
        return progress with
        {
            Arrived = first ?? people.Teammates.MinBy(each => each.CreateTime),
            Matched = matched,
            Unmatched = people.Teammates.FirstOrDefault(each => each.TemplateAssignment is null && each.Profile.Roles.Count > 0),
            Group = groups.TeammateGroups.FirstOrDefault(each => each.ManagedBy == connection.Id),
        };
    }

    /// <summary>A teammate; null where there is none any more.</summary>
    private static async Task<Teammate?> FindAsync(ProvisioningClient client, string id, Func<CallOptions> call)
    {
        try
        {
            return await client.Teammates.GetTeammateAsync(new() { Id = id, View = TeammateView.Basic }, call());
        }
        catch (ProvisioningException failure) when (failure.Reason == ErrorReason.TeammateNotFound)
        {
            return null;
        }
    }

    private static bool IsMatched(Teammate teammate) =>
        teammate.TemplateAssignment?.Reason
            is TemplateAssignment.Types.Reason.RoleIsTemplateId or TemplateAssignment.Types.Reason.RoleIsTemplateName;
}
