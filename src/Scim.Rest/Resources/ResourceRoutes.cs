using System.Text.Json.Nodes;
using Scim.Connection;
using Scim.Lists;
using Scim.Wire;

namespace Scim.Resources;

/// <summary>The routes of a kind of resource (RFC 7644 section 3.2): the same for every kind.</summary>
internal static class ResourceRoutes
{
    private static readonly string[] Reading = ["GET", "HEAD"];

    public static void MapResource(this IEndpointRouteBuilder routes, ResourceEndpoint endpoint)
    {
        var (all, one) = (endpoint.Type.Endpoint, endpoint.Type.Endpoint + "/{id}");
        routes.MapScim(all, Reading, (context, call) => PageAsync(endpoint.ListAsync, call, ListQuery.Of(context.Request.Query)));
        routes.MapScim(one, Reading, (context, call) => endpoint.GetAsync(call, endpoint.CheckId(Id(context))));
        routes.MapSearch(all, endpoint.ListAsync);
        if (endpoint.IsReadOnly)
        {
            routes.RefuseOthers(all, "GET, HEAD, OPTIONS");
            routes.RefuseOthers(one, "GET, HEAD, OPTIONS");
            return;
        }

        routes.MapScim(all, ["POST"], async (context, call) =>
        {
            var body = await BodyAsync(context, call, endpoint.MaxBytes);
            Refusals.SetSubject(context, endpoint.SubjectOf(body));
            return await endpoint.CreateAsync(call, body);
        });
        routes.MapScim(one, ["PUT"],
            async (context, call) => await endpoint.ReplaceAsync(
                call, endpoint.CheckId(Id(context)), await BodyAsync(context, call, endpoint.MaxBytes)));
        routes.MapScim(one, ["PATCH"],
            async (context, call) => await endpoint.PatchAsync(
                call, endpoint.CheckId(Id(context)), await BodyAsync(context, call, endpoint.MaxBytes)));
        routes.MapScim(one, ["DELETE"], (context, call) => endpoint.DeleteAsync(call, endpoint.CheckId(Id(context))));
        routes.RefuseOthers(all, "GET, HEAD, POST, OPTIONS");
        routes.RefuseOthers(one, "GET, HEAD, PUT, PATCH, DELETE, OPTIONS");
    }

    /// <summary>
    /// A search across every kind of resource by GET on the base URL (RFC 7644 section 3.4.2.1), and by a search request below it.
    /// </summary>
    public static void MapRoot(this IEndpointRouteBuilder routes, Func<ScimCall, ListQuery, Task<ResourceList>> list)
    {
        routes.MapScim("/", Reading, (context, call) => PageAsync(list, call, ListQuery.Of(context.Request.Query)));
        routes.RefuseOthers("/", "GET, HEAD, OPTIONS");
        routes.MapSearch("", list);
    }

    /// <summary>A search request under a path (RFC 7644 section 3.4.3).</summary>
    public static void MapSearch(this IEndpointRouteBuilder routes, string path, Func<ScimCall, ListQuery, Task<ResourceList>> list)
    {
        routes.MapScim(path + "/.search", ["POST"], (context, call) => SearchAsync(list, context, call));
        routes.RefuseOthers(path + "/.search", "POST, OPTIONS", order: 0);
    }

    /// <summary>Answers requests by what they come to. Whatever of one is still under way in the core ends with it.</summary>
    public static void MapScim(
        this IEndpointRouteBuilder routes, string path, IEnumerable<string> methods, Func<HttpContext, ScimCall, Task<ScimReply>> answer) =>
        routes.MapMethods(path, methods, context => SendAsync(context, answer));

    private static async Task SendAsync(HttpContext context, Func<HttpContext, ScimCall, Task<ScimReply>> answer)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        try
        {
            await (await answer(context, ScimCall.Of(context, ended.Token))).SendAsync(context.Response);
        }
        finally
        {
            await ended.CancelAsync();
        }
    }

    private static async Task<ScimReply> PageAsync(Func<ScimCall, ListQuery, Task<ResourceList>> list, ScimCall call, ListQuery query) =>
        (await list(call, query)).ToReply(query);

    private static async Task<ScimReply> SearchAsync(Func<ScimCall, ListQuery, Task<ResourceList>> list, HttpContext context, ScimCall call)
    {
        var body = await BodyAsync(context, call, ScimBody.MaxBytes);
        SearchRequest.CheckSchema(body, call.Tolerances);
        return await PageAsync(list, call with { Projection = SearchRequest.ProjectionOf(body) }, ListQuery.Of(body));
    }

    private static Task<JsonObject> BodyAsync(HttpContext context, ScimCall call, int maxBytes) =>
        ScimBody.ReadAsync(context.Request, call.Tolerances, maxBytes);

    private static string Id(HttpContext context) => (string)context.Request.RouteValues["id"]!;
}
