namespace Scim.Connection;

/// <summary>Answers methods that a path does not have, whatever else the host maps.</summary>
internal static class OtherMethods
{
    /// <summary>Refuses every method but the ones named with 405 and an Allow header; OPTIONS gets that header alone.</summary>
    public static void RefuseOthers(this IEndpointRouteBuilder routes, string path, string allowed) =>
        routes.Map(path, context =>
        {
            context.Response.StatusCode = HttpMethods.IsOptions(context.Request.Method) ? StatusCodes.Status204NoContent : StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = allowed;
            return Task.CompletedTask;
        }).WithOrder(1);
}
