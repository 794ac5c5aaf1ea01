using System.Net;
using System.Text.Json.Nodes;
using Provisioning.Schemas;
using Provisioning.V1;
using Scim.Lists;
using Scim.Patch;
using Scim.Resources;
using Scim.Tolerance;
using Scim.Wire;

namespace Scim.Users;

/// <summary>The SCIM operations on users.</summary>
internal sealed class UserEndpoint() : ResourceEndpoint(ResourceType.User)
{
    public override async Task<ScimReply> CreateAsync(ScimCall call, JsonObject body)
    {
        var user = UserBody.ReadRequest(body, call.Tolerances);
        var teammate = await call.Core.Teammates.CreateTeammateAsync(new()
        {
            Teammate = new() { Profile = user.ToProfile(), ExternalId = user.ExternalId ?? "" },
            InitialState = UserMapping.StateOf(user.Active),
        }, deadline: ScimCall.Deadline, cancellationToken: call.Cancellation);
        return Made(call, ToResource(call, teammate), teammate.Id, UserMapping.Version(teammate));
    }

    public override async Task<ScimReply> GetAsync(ScimCall call, string id) =>
        await ShowAsync(call, await call.Core.Teammates.GetTeammateAsync(new() { Id = id, View = View(call) },
            deadline: ScimCall.Deadline, cancellationToken: call.Cancellation));

    public override async Task<ResourceList> ListAsync(ScimCall call, ListQuery query)
    {
        var page = await call.Core.Teammates.ListTeammatesAsync(new()
        {
            PageSize = query.Count,
            CountOnly = query.Count == 0,
            Skip = query.StartIndex - 1,
            PageToken = query.Cursor ?? "",
            ContinueWalk = query is { Cursor: null, ByRank: false },
            Filter = query.Filter,
            Order = query.Order,
            UndefinedIsAbsent = query.UndefinedIsAbsent,
            View = View(call),
        }, deadline: ScimCall.Deadline, cancellationToken: call.Cancellation);
        return new(page.TotalSize, [.. page.Teammates.Select(teammate => ToResource(call, teammate))], page.NextPageToken);
    }

    /// <summary>What is absent is cleared, except `active`, `externalId` and what a client cannot set: nobody is unblocked by a PUT that does not say so.</summary>
    public override async Task<ScimReply> ReplaceAsync(ScimCall call, string id, JsonObject body)
    {
        var user = UserBody.ReadRequest(body, call.Tolerances);
        var update = new UpdateTeammateRequest
        {
            Teammate = new() { Id = id, Profile = user.ToProfile(), ExternalId = user.ExternalId ?? "", Etag = await EtagAsync(call, id) },
            UpdateMask = new() { Paths = { "profile" } },
            Transition = UserMapping.StateOf(user.Active),
        };
        if (user.ExternalId is not null)
        {
            update.UpdateMask.Paths.Add("external_id");
        }

        return Written(call, await call.Core.Teammates.UpdateTeammateAsync(update, deadline: ScimCall.Deadline, cancellationToken: call.Cancellation));
    }

    public override async Task<ScimReply> PatchAsync(ScimCall call, string id, JsonObject body)
    {
        var steps = PatchRequest.Read(body, Type, call.Tolerances);
        var edit = new UserEdit(call, id, await EtagAsync(call, id), steps);
        return Written(call, await edit.RunAsync());
    }

    public override async Task<ScimReply> DeleteAsync(ScimCall call, string id)
    {
        await call.Core.Teammates.DeleteTeammateAsync(new() { Id = id, Etag = await EtagAsync(call, id) },
            deadline: ScimCall.Deadline, cancellationToken: call.Cancellation);
        return new(HttpStatusCode.NoContent);
    }

    private static Task<string> EtagAsync(ScimCall call, string id) => call.Conditions.EtagAsync(async () =>
        (await call.Core.Teammates.GetTeammateAsync(new() { Id = id, View = TeammateView.Basic }, deadline: ScimCall.Deadline, cancellationToken: call.Cancellation)).Etag);

    private TeammateView View(ScimCall call) => call.Projection.Shows(Type, "groups") ? TeammateView.Full : TeammateView.Basic;

    private Task<ScimReply> ShowAsync(ScimCall call, Teammate teammate) => ShowAsync(call, ToResource(call, teammate), UserMapping.Version(teammate));

    private ScimReply Written(ScimCall call, Teammate teammate) =>
        new(HttpStatusCode.OK, ToResource(call, teammate), ETag: ETag(UserMapping.Version(teammate)));

    private ScimResource ToResource(ScimCall call, Teammate teammate) =>
        new(call.Projection.Apply(Type, teammate.ToScim(call.BaseUrl, Location(call, teammate.Id))));
}
