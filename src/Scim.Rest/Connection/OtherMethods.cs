namespace Scim.Connection;

/// <summary>Answers methods that a path does not have, whatever else the host maps.</summary>
internal static class OtherMethods
{
    /// <summary>Refuses every method but the ones named with 405 and an Allow header; OPTIONS gets that header alone.</summary>
    /// <param name="routes">Where to map it.</param>
    /// <param name="path">The path.</param>
    /// <param name="allowed">The methods that are mapped.</param>
    /// <param name="order">After whatever else the host maps, or, with 0, before paths with parameters that fit too.</param>
    public static void RefuseOthers(this IEndpointRouteBuilder routes, string path, string allowed, int order = 1) =>
        routes.Map(path, context =>
        {
            context.Response.StatusCode = HttpMethods.IsOptions(context.Request.Method)
                ? StatusCodes.Status204NoContent
                : StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = allowed;
            return Task.CompletedTask;
        }).WithOrder(order);
}
