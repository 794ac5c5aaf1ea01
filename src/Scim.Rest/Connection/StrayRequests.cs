using System.Net;
using Provisioning.V1;
using Scim.Wire;

namespace Scim.Connection;

/// <summary>Answers requests outside every route of the host with a SCIM error that names the address which was probably meant.</summary>
internal sealed class StrayRequests(RequestDelegate next)
{
    private const string JsonApi = "/api", Grpc = "application/grpc";

    public async Task InvokeAsync(HttpContext context, CoreAccess core, PublicAddress address)
    {
        await next(context);
        var (request, response) = (context.Request, context.Response);
        if (response.StatusCode != StatusCodes.Status404NotFound || response.HasStarted || response.ContentType is not null
            || response.ContentLength is not null
            || request.Path.StartsWithSegments(JsonApi)
                || request.ContentType?.StartsWith(Grpc, StringComparison.OrdinalIgnoreCase) == true)
        {
            return;
        }

        var stray = new ScimException(
            HttpStatusCode.NotFound, null, DetailOf(address.BaseUrl(request), request.Path), ErrorReason.UnknownMethod);
        await Refusals.ReportAsync(stray, request.Headers.Authorization.Count == 0 ? null : core.CredentialsOf(request),
            $"{request.Method} {request.Path}", context.RequestAborted);
        await ScimReply.SendAsync(response, ScimError.Of(stray));
    }

    /// <summary>The sentence for an address at which there is nothing.</summary>
    public static string DetailOf(string baseUrl, PathString path) =>
        $"There is nothing at {path}. The SCIM base URL is {baseUrl}; the address that was meant is probably "
            + $"{LikelyAddress.Of(baseUrl, path.Value ?? "")}. Correct the base URL in the identity provider.";
}
