using System.Net;
using Scim.Connection;
using Scim.Wire;

namespace Scim.Discovery;

/// <summary>The routes of discovery, open to everybody.</summary>
internal static class DiscoveryRoutes
{
    public static void MapDiscovery(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/ServiceProviderConfig", (HttpContext context, PublicAddress address) =>
            new ScimReply(HttpStatusCode.OK, DiscoveryDocuments.ServiceProviderConfig(address.BaseUrl(context.Request))).SendAsync(context.Response));
        routes.MapGet("/ResourceTypes", (HttpContext context, PublicAddress address) =>
            DiscoveryDocuments.List(context.Request, DiscoveryDocuments.ResourceTypes(address.BaseUrl(context.Request))).SendAsync(context.Response));
        routes.MapGet("/ResourceTypes/{id}", (HttpContext context, PublicAddress address, string id) =>
            DiscoveryDocuments.One(DiscoveryDocuments.ResourceTypes(address.BaseUrl(context.Request)), id).SendAsync(context.Response));
        routes.MapGet("/Schemas", (HttpContext context, PublicAddress address) =>
            DiscoveryDocuments.List(context.Request, DiscoveryDocuments.AllSchemas(address.BaseUrl(context.Request))).SendAsync(context.Response));
        routes.MapGet("/Schemas/{id}", (HttpContext context, PublicAddress address, string id) =>
            DiscoveryDocuments.One(DiscoveryDocuments.AllSchemas(address.BaseUrl(context.Request)), id).SendAsync(context.Response));
        foreach (var path in (string[])["/ServiceProviderConfig", "/ResourceTypes", "/ResourceTypes/{id}", "/Schemas", "/Schemas/{id}"])
        {
            routes.RefuseOthers(path, "GET");
        }
    }
}
