using System.Net;
using Scim.Resources;
using Scim.Wire;

namespace Scim.Discovery;

/// <summary>`/Me` (RFC 7644 section 3.11): an API token is a company's and stands for no user, so there is none.</summary>
internal static class MeRoutes
{
    public static void MapMe(this IEndpointRouteBuilder routes)
    {
        foreach (var path in (string[])["/Me", "/Me/{**rest}"])
        {
            routes.MapScim(path, ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
                (_, _) => throw new ScimException(HttpStatusCode.NotImplemented, null,
                "An API token belongs to a company and stands for no user, so there is no /Me. Read /Users with a filter instead.",
                Provisioning.V1.ErrorReason.UnknownMethod));
        }
    }
}
