using System.Net;
using System.Text.Json.Nodes;
using Provisioning.Client;
using Provisioning.Schemas;
using Provisioning.V1;
using Scim.Lists;
using Scim.Patch;
using Scim.Resources;
using Scim.Wire;

namespace Scim.Groups;

/// <summary>The SCIM operations on groups.</summary>
internal sealed class GroupEndpoint() : ResourceEndpoint(ResourceType.Group)
{
    public override int MaxBytes => ScimBody.MaxGroupBytes;

    public override async Task<ScimReply> CreateAsync(ScimCall call, JsonObject body)
    {
        var group = GroupBody.ReadRequest(body, call.Tolerances);
        var made = await call.Core.Groups.CreateTeammateGroupAsync(new()
        {
            TeammateGroup = new() { DisplayName = group.DisplayName, ExternalId = group.ExternalId ?? "" },
            MemberIds = { group.Members?.TeammateIds_ ?? [] },
            IgnoredAttributes = { call.Tolerances.Ignored },
        }, deadline: ScimCall.Deadline, cancellationToken: call.Cancellation);
        return Made(call, await ToWrittenAsync(call, made), made.Id, made.Etag);
    }

    public override async Task<ScimReply> GetAsync(ScimCall call, string id)
    {
        var group = await call.Core.Groups.GetTeammateGroupAsync(
            new() { Id = id }, deadline: ScimCall.Deadline, cancellationToken: call.Cancellation);
        return await ShowAsync(call, async () => (await ToResourcesAsync(call, [group]))[0], group.Id, group.Etag);
    }

    public override async Task<ResourceList> ListAsync(ScimCall call, ListQuery query)
    {
        var page = await call.Core.Groups.ListTeammateGroupsAsync(new()
        {
            PageSize = query.Count,
            CountOnly = query.Count == 0,
            Skip = query.StartIndex - 1,
            PageToken = query.Cursor ?? "",
            ContinueWalk = query is { Cursor: null, ByRank: false },
            Filter = query.Filter,
            OrderBy = query.OrderBy,
            UndefinedIsAbsent = query.UndefinedIsAbsent,
        }, deadline: ScimCall.Deadline, cancellationToken: call.Cancellation);
        return new(page.TotalSize, await ToResourcesAsync(call, page.TeammateGroups), page.NextPageToken);
    }

    /// <summary>What is absent is left alone: a body that says nothing of members must not empty the group.</summary>
    public override async Task<ScimReply> ReplaceAsync(ScimCall call, string id, JsonObject body)
    {
        var group = GroupBody.ReadRequest(body, call.Tolerances);
        List<GroupStep> steps = [new() { Rename = group.DisplayName }];
        if (group.Members is { } members)
        {
            steps.Add(new() { ReplaceMembers = members });
        }

        if (group.ExternalId is { } externalId)
        {
            steps.Add(new() { SetExternalId = externalId });
        }

        var written = await ModifyAsync(call, id, steps);
        return Shown(call, await ToWrittenAsync(call, written), written.Id, written.Etag);
    }

    /// <summary>
    /// Answers with nothing unless asked for attributes: a reply with every member serves nobody (RFC 7644 section 3.5.2).
    /// </summary>
    public override async Task<ScimReply> PatchAsync(ScimCall call, string id, JsonObject body)
    {
        var steps = new GroupPatch(call.Tolerances).Read(PatchRequest.Read(body, Type, call.Tolerances));
        var written = await ModifyAsync(call, id, steps);
        return call.Projection.IsGiven
            ? Shown(call, await ToWrittenAsync(call, written), written.Id, written.Etag)
            : new(HttpStatusCode.NoContent, ETag: ETag(written.Etag));
    }

    public override async Task<ScimReply> DeleteAsync(ScimCall call, string id)
    {
        await call.Core.Groups.DeleteTeammateGroupAsync(new() { Id = id, Etag = await EtagAsync(call, id) },
            deadline: ScimCall.Deadline, cancellationToken: call.Cancellation);
        return new(HttpStatusCode.NoContent);
    }

    private static async Task<TeammateGroup> ModifyAsync(ScimCall call, string id, IReadOnlyList<GroupStep> steps) =>
        await call.Core.Groups.ModifyTeammateGroupAsync(
            new() { Id = id, Etag = await EtagAsync(call, id), Steps = { steps }, IgnoredAttributes = { call.Tolerances.Ignored } },
            deadline: ScimCall.Deadline, cancellationToken: call.Cancellation);

    private static Task<string> EtagAsync(ScimCall call, string id) => call.Conditions.EtagAsync(async () =>
        (await call.Core.Groups.GetTeammateGroupAsync(
            new() { Id = id }, deadline: ScimCall.Deadline, cancellationToken: call.Cancellation)).Etag);

    /// <summary>A group just written, without its members if they cannot be read: the write is done all the same.</summary>
    private async Task<ScimResource> ToWrittenAsync(ScimCall call, TeammateGroup group)
    {
        try
        {
            return (await ToResourcesAsync(call, [group]))[0];
        }
        catch (ProvisioningException)
        {
            return new JsonResource(ToScim(call, group));
        }
    }

    private async Task<IReadOnlyList<ScimResource>> ToResourcesAsync(ScimCall call, IReadOnlyList<TeammateGroup> groups)
    {
        if (call.WithoutBody || !call.Projection.Shows(Type, "members"))
        {
            return [.. groups.Select(group => new JsonResource(ToScim(call, group)))];
        }

        var members = await MemberStream.OpenAsync(call, [.. groups.Select(group => group.Id)]);
        return [.. groups.Select(group => new GroupResource(ToScim(call, group), group.Id, members, call))];
    }

    private JsonObject ToScim(ScimCall call, TeammateGroup group)
    {
        var json = new JsonObject { ["schemas"] = new JsonArray(GroupSchemas.GroupSchema), ["id"] = group.Id };
        if (group.ExternalId.Length > 0)
        {
            json["externalId"] = group.ExternalId;
        }

        json["displayName"] = group.DisplayName;
        json["meta"] = Meta.Of(Type.Name, group.CreateTime, group.UpdateTime, Location(call, group.Id), group.Etag);
        return call.Projection.Apply(Type, json);
    }
}
