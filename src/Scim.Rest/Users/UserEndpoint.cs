using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Provisioning.V1;
using Scim.Connection;
using Scim.Filter;
using Scim.Tolerance;
using Scim.Wire;

namespace Scim.Users;

/// <summary>The SCIM operations on users, each one or two calls of the core. They decide nothing.</summary>
internal sealed class UserEndpoint(CoreAccess core, PublicAddress address)
{
    /// <summary>How many users a page holds where the request says nothing, and at most.</summary>
    public const int DefaultCount = 100, MaxCount = 1_000;

    /// <summary>The URN of lists.</summary>
    public const string ListSchema = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public async Task<ScimReply> CreateAsync(HttpRequest request)
    {
        var tolerances = new Tolerances();
        var body = UserBody.Read(await ScimBody.ReadAsync(request), tolerances);
        var teammate = await core.For(request, tolerances).Teammates.CreateTeammateAsync(new()
        {
            Teammate = new() { Profile = body.ToProfile(), ExternalId = body.ExternalId ?? "" },
            InitialState = UserMapping.StateOf(body.Active),
        }, deadline: Deadline, cancellationToken: request.HttpContext.RequestAborted);
        var url = address.BaseUrl(request);
        return new(HttpStatusCode.Created, teammate.ToScim(url), UserMapping.Location(teammate.Id, url), UserMapping.ETag(teammate));
    }

    public async Task<ScimReply> GetAsync(HttpRequest request, string id) =>
        Show(request, await core.For(request).Teammates.GetTeammateAsync(new() { Id = id },
            deadline: Deadline, cancellationToken: request.HttpContext.RequestAborted));

    public async Task<ScimReply> ListAsync(HttpRequest request)
    {
        var startIndex = Math.Max(1, Number(request, "startIndex") ?? 1);
        var count = Math.Clamp(Number(request, "count") ?? DefaultCount, 0, MaxCount);
        var filter = request.Query["filter"].ToString();
        var page = await core.For(request).Teammates.ListTeammatesAsync(new()
        {
            PageSize = count,
            Skip = startIndex - 1,
            CountOnly = count == 0,
            Filter = string.IsNullOrWhiteSpace(filter) ? null : FilterParser.Parse(filter),
        }, deadline: Deadline, cancellationToken: request.HttpContext.RequestAborted);
        var url = address.BaseUrl(request);
        return new(HttpStatusCode.OK, new()
        {
            ["schemas"] = new JsonArray(ListSchema),
            ["totalResults"] = page.TotalSize,
            ["startIndex"] = startIndex,
            ["itemsPerPage"] = page.Teammates.Count,
            ["Resources"] = new JsonArray([.. page.Teammates.Select(teammate => (JsonNode)teammate.ToScim(url))]),
        });
    }

    /// <summary>
    /// PUT: what is absent is cleared, except `active`, `externalId` and what a client cannot set. Nobody is unblocked by
    /// a PUT that does not say so.
    /// </summary>
    public async Task<ScimReply> ReplaceAsync(HttpRequest request, string id)
    {
        var tolerances = new Tolerances();
        var body = UserBody.Read(await ScimBody.ReadAsync(request), tolerances);
        var update = new UpdateTeammateRequest
        {
            Teammate = new() { Id = id, Profile = body.ToProfile(), ExternalId = body.ExternalId ?? "", Etag = IfMatch(request) },
            UpdateMask = new() { Paths = { "profile" } },
            Transition = UserMapping.StateOf(body.Active),
        };
        if (body.ExternalId is not null)
        {
            update.UpdateMask.Paths.Add("external_id");
        }

        return Show(request, await core.For(request, tolerances).Teammates.UpdateTeammateAsync(update,
            deadline: Deadline, cancellationToken: request.HttpContext.RequestAborted));
    }

    public async Task<ScimReply> PatchAsync(HttpRequest request, string id)
    {
        var tolerances = new Tolerances();
        var steps = Patch.PatchRequest.Read(await ScimBody.ReadAsync(request), tolerances);
        var edit = new UserEdit(id, IfMatch(request), steps, tolerances);
        return Show(request, await edit.RunAsync(() => core.For(request, tolerances).Teammates, Deadline, request.HttpContext.RequestAborted));
    }

    public async Task<ScimReply> DeleteAsync(HttpRequest request, string id)
    {
        await core.For(request).Teammates.DeleteTeammateAsync(new() { Id = id, Etag = IfMatch(request) },
            deadline: Deadline, cancellationToken: request.HttpContext.RequestAborted);
        return new(HttpStatusCode.NoContent);
    }

    private ScimReply Show(HttpRequest request, Teammate teammate) =>
        new(HttpStatusCode.OK, teammate.ToScim(address.BaseUrl(request)), ETag: UserMapping.ETag(teammate));

    private static DateTime Deadline => DateTime.UtcNow + Patience;

    /// <summary>The etag that If-Match names; empty for none and for "*".</summary>
    private static string IfMatch(HttpRequest request)
    {
        var value = request.Headers.IfMatch.ToString().Trim();
        return value is "" or "*" ? "" : value.Replace("W/", "", StringComparison.OrdinalIgnoreCase).Trim('"');
    }

    private static int? Number(HttpRequest request, string name)
    {
        var text = request.Query[name].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? (int)Math.Clamp(number, int.MinValue, 100_000_000)
            : throw ScimException.Value($"{name} must be a whole number, not \"{text}\".");
    }
}
