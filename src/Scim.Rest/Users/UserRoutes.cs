using Scim.Connection;
using Scim.Wire;

namespace Scim.Users;

/// <summary>The routes of users (RFC 7644 section 3.2).</summary>
internal static class UserRoutes
{
    public static void MapUsers(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/Users", (HttpContext context, UserEndpoint users) => SendAsync(context, users.CreateAsync(context.Request)));
        routes.MapGet("/Users", (HttpContext context, UserEndpoint users) => SendAsync(context, users.ListAsync(context.Request)));
        routes.MapGet("/Users/{id}", (HttpContext context, UserEndpoint users, string id) => SendAsync(context, users.GetAsync(context.Request, id)));
        routes.MapPut("/Users/{id}", (HttpContext context, UserEndpoint users, string id) => SendAsync(context, users.ReplaceAsync(context.Request, id)));
        routes.MapPatch("/Users/{id}", (HttpContext context, UserEndpoint users, string id) => SendAsync(context, users.PatchAsync(context.Request, id)));
        routes.MapDelete("/Users/{id}", (HttpContext context, UserEndpoint users, string id) => SendAsync(context, users.DeleteAsync(context.Request, id)));
        routes.RefuseOthers("/Users", "GET, POST");
        routes.RefuseOthers("/Users/{id}", "GET, PUT, PATCH, DELETE");
    }

    private static async Task SendAsync(HttpContext context, Task<ScimReply> reply) => await (await reply).SendAsync(context.Response);
}
