using System.Net;
using System.Text.Json.Nodes;
using Provisioning.Client;
using Provisioning.Schemas;
using Provisioning.V1;
using Scim.Lists;
using Scim.Patch;
using Scim.Resources;
using Scim.Wire;

namespace Scim.Users;

/// <summary>The SCIM operations on users.</summary>
internal sealed class UserEndpoint() : ResourceEndpoint(ResourceType.User)
{
    public override async Task<ScimReply> CreateAsync(ScimCall call, JsonObject body)
    {
        // Read before the client is made, which names the tolerances that it took.
        var request = ReadNew(call, body);
        return Made(call,
            await call.Core.Teammates.CreateTeammateAsync(request, deadline: ScimCall.Deadline, cancellationToken: call.Cancellation));
    }

    public override string SubjectOf(JsonObject body) => body
        .Where(entry => entry.Value?.GetValueKind() == System.Text.Json.JsonValueKind.String
            && AttributeNames.Resolve(Type, entry.Key) is AttributeName.Known { Attribute.Name: "userName" })
        .Select(entry => entry.Value!.GetValue<string>()).FirstOrDefault("");

    public override ResourceBatch NewBatch() => new UserBatch(this);

    public override async Task<ScimReply> GetAsync(ScimCall call, string id) =>
        await ShowAsync(call, await call.Core.Teammates.GetTeammateAsync(new() { Id = id, View = View(call), Form = TeammateForm.Scim },
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
            OrderBy = query.OrderBy,
            UndefinedIsAbsent = query.UndefinedIsAbsent,
            View = View(call),
            Form = TeammateForm.Scim,
        }, deadline: ScimCall.Deadline, cancellationToken: call.Cancellation);
        return new(page.TotalSize, [.. page.Teammates.Select(teammate => Show(call, ToUser(call, teammate)))], page.NextPageToken);
    }

    /// <summary>
    /// What is absent is cleared, except `active`, `externalId` and what a client cannot set: nobody is unblocked by a PUT that does not
    /// say so.
    /// </summary>
    public override async Task<ScimReply> ReplaceAsync(ScimCall call, string id, JsonObject body)
    {
        var user = UserBody.ReadRequest(body, call.Tolerances);
        var update = new UpdateTeammateRequest
        {
            Teammate = new()
            {
                Id = id,
                ProfileJson = user.ProfileText,
                ExternalId = user.ExternalId ?? "",
                Etag = await EtagAsync(call, id),
            },
            UpdateMask = new() { Paths = { "profile_json" } },
            Transition = UserMapping.StateOf(user.Active),
            Form = TeammateForm.Scim,
        };
        if (user.ExternalId is not null)
        {
            update.UpdateMask.Paths.Add("external_id");
        }

        return Written(
            call, await call.Core.Teammates.UpdateTeammateAsync(update, deadline: ScimCall.Deadline, cancellationToken: call.Cancellation));
    }

    public override async Task<ScimReply> PatchAsync(ScimCall call, string id, JsonObject body)
    {
        var patch = new UserPatch(PatchRequest.Read(body, Type, call.Tolerances), call.Tolerances);
        var active = patch.OnlyActive();
        List<TeammateStep> steps = active is null ? [.. patch.Read()] : [];
        var (etag, form, stop) = (await EtagAsync(call, id), TeammateForm.Scim, call.Cancellation);
        // The client names the tolerances noted so far: all of the body has been read by now.
        var teammates = call.Core.Teammates;
        return Written(call, await (active switch
        {
            true => teammates.UnblockTeammateAsync(
                new() { Id = id, Etag = etag, Form = form }, deadline: ScimCall.Deadline, cancellationToken: stop),
            false => teammates.BlockTeammateAsync(
                new() { Id = id, Etag = etag, Form = form }, deadline: ScimCall.Deadline, cancellationToken: stop),
            null => teammates.ModifyTeammateAsync(
                new() { Id = id, Etag = etag, Steps = { steps }, Form = form }, deadline: ScimCall.Deadline, cancellationToken: stop),
        }));
    }

    public override async Task<ScimReply> DeleteAsync(ScimCall call, string id)
    {
        await call.Core.Teammates.DeleteTeammateAsync(new() { Id = id, Etag = await EtagAsync(call, id) },
            deadline: ScimCall.Deadline, cancellationToken: call.Cancellation);
        return new(HttpStatusCode.NoContent);
    }

    private static Task<string> EtagAsync(ScimCall call, string id) => call.Conditions.EtagAsync(async () =>
        (await call.Core.Teammates.GetTeammateAsync(
            new() { Id = id, View = TeammateView.Basic, Form = TeammateForm.Scim }, deadline: ScimCall.Deadline,
                cancellationToken: call.Cancellation)).Etag);

    private TeammateView View(ScimCall call) => call.Projection.Shows(Type, "groups") ? TeammateView.Full : TeammateView.Basic;

    private static CreateTeammateRequest ReadNew(ScimCall call, JsonObject body)
    {
        var user = UserBody.ReadRequest(body, call.Tolerances);
        return new()
        {
            Teammate = new() { ProfileJson = user.ProfileText, ExternalId = user.ExternalId ?? "" },
            InitialState = UserMapping.StateOf(user.Active),
            Form = TeammateForm.Scim,
        };
    }

    private ScimReply Made(ScimCall call, Teammate teammate)
    {
        var made = ToUser(call, teammate);
        return Made(call, Show(call, made), teammate.Id, made.Version);
    }

    private Task<ScimReply> ShowAsync(ScimCall call, Teammate teammate)
    {
        var user = ToUser(call, teammate);
        return ShowAsync(call, Show(call, user), teammate.Id, user.Version);
    }

    private ScimReply Written(ScimCall call, Teammate teammate)
    {
        var user = ToUser(call, teammate);
        return Shown(call, Show(call, user), teammate.Id, user.Version);
    }

    private UserResource ToUser(ScimCall call, Teammate teammate) => new(teammate, call.BaseUrl, Location(call, teammate.Id));

    /// <summary>
    /// What of a user the call shows: all of it, also where groups are not to be shown and none are there, since a read did not ask for
    /// them.
    /// </summary>
    private ScimResource Show(ScimCall call, UserResource user) =>
        (user.HasGroups ? !call.Projection.IsGiven : call.Projection.ShowsAllBut(Type, "groups"))
            ? user
            : new JsonResource(call.Projection.Apply(Type, user.ToJson()));

    private sealed class UserBatch(UserEndpoint endpoint) : ResourceBatch
    {
        private readonly BatchCreateTeammatesRequest _request = new();

        /// <summary>So many rows of each table go in together that more would gain little, and others do not wait long for them.</summary>
        protected override int Max => 100;

        protected override Action Read(ScimCall call, JsonObject body)
        {
            var request = ReadNew(call, body);
            return () => _request.Requests.Add(request);
        }

        protected override async Task<IReadOnlyList<Func<ScimReply>>> CreateAsync(ScimCall call, int maxRefusals)
        {
            _request.MaxRefusals = maxRefusals;
            var response = await call.Core.Teammates.BatchCreateTeammatesAsync(
                _request, deadline: ScimCall.Deadline, cancellationToken: call.Cancellation);
            return [.. response.Results.Select<BatchCreateTeammatesResponse.Types.Result, Func<ScimReply>>(result =>
                () => result.Refusal is { } refusal ? throw ProvisioningException.Of(refusal) : endpoint.Made(call, result.Teammate))];
        }
    }
}
