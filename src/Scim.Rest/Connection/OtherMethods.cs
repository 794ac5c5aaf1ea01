namespace Scim.Connection;

/// <summary>Answers methods that a path does not have, whatever else the host maps.</summary>
internal static class OtherMethods
{
    /// <summary>Refuses every method but the ones named with 405 and an Allow header.</summary>
    public static void RefuseOthers(this IEndpointRouteBuilder routes, string path, string allowed) =>
        routes.Map(path, context =>
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = allowed;
            return Task.CompletedTask;
        }).WithOrder(1);
}
