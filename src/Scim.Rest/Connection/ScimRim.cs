using System.Net;
using Provisioning.V1;
using Scim.Wire;

namespace Scim.Connection;

/// <summary>Everything under /v2 answers in SCIM's form, the framework's own refusals included.</summary>
internal sealed class ScimRim(RequestDelegate next)
{
    private static readonly string[] Open = ["/v2/ServiceProviderConfig", "/v2/Schemas", "/v2/ResourceTypes"];

    public async Task InvokeAsync(HttpContext context, CoreAccess core, PublicAddress address, Refusals refusals)
    {
        try
        {
            if (RequestLine.IsTooLong(context.Request))
            {
                throw new ScimException(HttpStatusCode.RequestUriTooLong, null,
                    $"The request's address is longer than {RequestLine.MaxBytes / 1024} KB. Send a long query as a search request, by "
                        + "POST to .search.", ErrorReason.RequestTooLarge);
            }

            await next(context);
            if (OwnRefusal(context, address) is { } refusal && !context.Response.HasStarted)
            {
                await AnswerAsync(context, core, refusals, refusal);
            }
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, core, refusals, failure);
        }
    }

    /// <summary>The framework set a status and wrote nothing: no route, no such method, another media type.</summary>
    private static ScimException? OwnRefusal(HttpContext context, PublicAddress address) =>
        context.Response.ContentLength is not null || context.Response.ContentType is not null
            ? null
            : (HttpStatusCode)context.Response.StatusCode switch
            {
                HttpStatusCode.NotFound => new(HttpStatusCode.NotFound, null,
                    StrayRequests.DetailOf(address.BaseUrl(context.Request), context.Request.Path), ErrorReason.UnknownMethod),
                HttpStatusCode.MethodNotAllowed => new(HttpStatusCode.MethodNotAllowed, null,
                    $"{context.Request.Method} is not possible at {context.Request.Path}; {context.Response.Headers.Allow} is.",
                        ErrorReason.UnknownMethod),
                HttpStatusCode.UnsupportedMediaType => new(HttpStatusCode.UnsupportedMediaType, null,
                    $"The content type \"{context.Request.ContentType}\" is not supported. Send {ScimReply.MediaType}."),
                _ => null,
            };

    private static async Task AnswerAsync(HttpContext context, CoreAccess core, Refusals refusals, Exception failure)
    {
        var path = context.Request.Path;
        var isOpen = Open.Any(each => path.StartsWithSegments(each, StringComparison.OrdinalIgnoreCase));
        var error = await refusals.TranslateAsync(failure, isOpen ? null : core.CredentialsOf(context.Request),
            $"{context.Request.Method} {string.Join('/', path.Value!.Split('/').Take(3))}",
            (context.Request.RouteValues.TryGetValue("id", out var id) ? $"{id}" : "", Refusals.SubjectOf(context)),
                context.RequestAborted);
        var allow = context.Response.Headers.Allow;
        context.Response.Clear();
        if (allow.Count > 0)
        {
            context.Response.Headers.Allow = allow;
        }

        await ScimReply.SendAsync(context.Response, error);
    }
}
