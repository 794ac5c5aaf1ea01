using System.Net;
using System.Text.Json.Nodes;
using Provisioning.Client;
using Provisioning.Schemas;
using Provisioning.V1;
using Scim.Lists;
using Scim.Resources;
using Scim.Wire;

namespace Scim.Roles;

/// <summary>
/// Teammate templates as roles to pick from, which Okta reads for its admins (Okta: build a SCIM 2.0 server with
/// entitlements). Templates are made in the settings, so roles can only be read.
/// </summary>
internal sealed class RoleEndpoint() : ResourceEndpoint(ResourceType.Role)
{
    public override bool IsReadOnly => true;

    public override async Task<ScimReply> GetAsync(ScimCall call, string id)
    {
        var page = await ReadAsync(call, new() { PageSize = 1, Filter = $"id eq {FilterText.Quote(id)}" });
        return page.Names is [var role]
            ? await ShowAsync(call, new JsonResource(ToScim(call, role)), role.Id, role.Etag)
            : throw new ScimException(HttpStatusCode.NotFound, null,
                $"There is no role {id} here. Roles are teammate templates; read /Roles for their ids.", ErrorReason.TemplateNotFound);
    }

    public override async Task<ResourceList> ListAsync(ScimCall call, ListQuery query)
    {
        var page = await ReadAsync(call, new()
        {
            PageSize = query.Count,
            CountOnly = query.Count == 0,
            Skip = query.StartIndex - 1,
            PageToken = query.Cursor ?? "",
            ContinueWalk = query is { Cursor: null, ByRank: false },
            Filter = query.Filter,
            OrderBy = query.OrderBy,
            UndefinedIsAbsent = query.UndefinedIsAbsent,
        });
        return new(page.TotalSize, [.. page.Names.Select(role => new JsonResource(ToScim(call, role)))], page.NextPageToken);
    }

    private static async Task<ListTeammateTemplateNamesResponse> ReadAsync(ScimCall call, ListTeammateTemplateNamesRequest request) =>
        await call.Core.Templates.ListTeammateTemplateNamesAsync(
            request, deadline: ScimCall.Deadline, cancellationToken: call.Cancellation);

    private JsonObject ToScim(ScimCall call, TeammateTemplateName role) => call.Projection.Apply(Type, new()
    {
        ["schemas"] = new JsonArray(RoleSchemas.RoleSchema),
        ["id"] = role.Id,
        ["displayName"] = role.Name,
        ["meta"] = Meta.Of(Type.Name, role.CreateTime, role.UpdateTime, Location(call, role.Id), role.Etag),
    });
}
