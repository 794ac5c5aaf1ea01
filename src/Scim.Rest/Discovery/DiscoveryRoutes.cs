using System.Text.Json.Nodes;
using Scim.Connection;
using Scim.Wire;

namespace Scim.Discovery;

/// <summary>The routes of discovery (RFC 7644 section 4), open to everybody.</summary>
internal static class DiscoveryRoutes
{
    private static readonly string[] Reading = ["GET", "HEAD"];

    public static void MapDiscovery(this IEndpointRouteBuilder routes)
    {
        routes.MapOpen("/ServiceProviderConfig", (context, url) => ScimReply.Of(DiscoveryDocuments.ServiceProviderConfig(url)));
        routes.MapCollection("/ResourceTypes", DiscoveryDocuments.ResourceTypes);
        routes.MapCollection("/Schemas", DiscoveryDocuments.Schemas);
    }

    private static void MapCollection(this IEndpointRouteBuilder routes, string path, Func<string, IEnumerable<JsonObject>> all)
    {
        routes.MapOpen(path, (context, url) => DiscoveryDocuments.List(context.Request, all(url)));
        routes.MapOpen(path + "/{id}", (context, url) => DiscoveryDocuments.One(all(url), (string)context.Request.RouteValues["id"]!));
    }

    private static void MapOpen(this IEndpointRouteBuilder routes, string path, Func<HttpContext, string, ScimReply> answer)
    {
        routes.MapMethods(path, Reading, context =>
            answer(context, context.RequestServices.GetRequiredService<PublicAddress>().BaseUrl(context.Request))
                .SendAsync(context.Response));
        routes.RefuseOthers(path, "GET, HEAD, OPTIONS");
    }
}
