using System.Net;
using Provisioning.Client;
using Provisioning.V1;
using Scim.Wire;

namespace Scim.Connection;

/// <summary>
/// Everything under /v2 answers in SCIM's form, the framework's own refusals included. What the front end refuses by
/// itself is told to the core with the caller's token: a wrong token is a 401 first, and the log is whole.
/// </summary>
internal sealed partial class ScimRim(RequestDelegate next, ILogger<ScimRim> logger)
{
    private const string Discovery = "/v2/ServiceProviderConfig,/v2/Schemas,/v2/ResourceTypes";
    private static readonly string[] Open = Discovery.Split(',');

    public async Task InvokeAsync(HttpContext context, CoreAccess core)
    {
        try
        {
            await next(context);
            if (OwnRefusal(context) is { } refusal && !context.Response.HasStarted)
            {
                await AnswerAsync(context, await RefuseAsync(context, core, refusal));
            }
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, await TranslateAsync(context, core, failure));
        }
    }

    private async Task<ScimError> TranslateAsync(HttpContext context, CoreAccess core, Exception failure)
    {
        switch (failure)
        {
            case ProvisioningException refused:
                return ScimError.Of(refused);
            case ScimException refusal:
                return await RefuseAsync(context, core, refusal);
            case BadHttpRequestException bad:
                return await RefuseAsync(context, core, new((HttpStatusCode)bad.StatusCode, null, bad.StatusCode switch
                {
                    StatusCodes.Status413PayloadTooLarge => $"The body is larger than {ScimBody.MaxBytes / 1024} KB. Send fewer attributes or values.",
                    StatusCodes.Status408RequestTimeout => "The request's body did not arrive in time. Try again.",
                    _ => "The request is not well-formed HTTP.",
                }));
            case OperationCanceledException when context.RequestAborted.IsCancellationRequested:
                return new(HttpStatusCode.BadRequest, null, "The caller gave up.");
            default:
                Fault(context.TraceIdentifier, failure);
                return new(HttpStatusCode.InternalServerError, null,
                    $"Something went wrong on our side. Give the id {context.TraceIdentifier} to the operator of this service.");
        }
    }

    /// <summary>The framework set a status and wrote nothing: no route, no such method, another media type.</summary>
    private static ScimException? OwnRefusal(HttpContext context) =>
        context.Response.ContentLength is not null || context.Response.ContentType is not null ? null : (HttpStatusCode)context.Response.StatusCode switch
        {
            HttpStatusCode.NotFound => new(HttpStatusCode.NotFound, null,
                $"There is nothing at {context.Request.Path}. The SCIM base URL ends in /v2; resources are /Users, /ServiceProviderConfig, /Schemas and /ResourceTypes.",
                ErrorReason.UnknownMethod),
            HttpStatusCode.MethodNotAllowed => new(HttpStatusCode.MethodNotAllowed, null,
                $"{context.Request.Method} is not possible at {context.Request.Path}; {context.Response.Headers.Allow} is.", ErrorReason.UnknownMethod),
            HttpStatusCode.UnsupportedMediaType => new(HttpStatusCode.UnsupportedMediaType, null,
                $"The content type \"{context.Request.ContentType}\" is not supported. Send {ScimReply.MediaType}."),
            _ => null,
        };

    private static async Task<ScimError> RefuseAsync(HttpContext context, CoreAccess core, ScimException refusal)
    {
        if (Open.Any(path => context.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase)))
        {
            return ScimError.Of(refusal);
        }

        try
        {
            var path = context.Request.Path.Value!;
            await core.For(context.Request).Log.ReportRefusalAsync(new()
            {
                Method = Shorten($"{context.Request.Method} {string.Join('/', path.Split('/').Take(3))}", 200),
                Reason = refusal.Reason,
                Detail = Shorten(refusal.Message, 2_000),
                ResourceId = context.Request.RouteValues.TryGetValue("id", out var id) ? Shorten($"{id}", 100) : "",
            }, cancellationToken: context.RequestAborted);
            return ScimError.Of(refusal);
        }
        catch (ProvisioningException failure) when (failure.Reason is not (ErrorReason.Unspecified or ErrorReason.InvalidField or ErrorReason.StorageUnavailable or ErrorReason.Internal))
        {
            return ScimError.Of(failure);
        }
        catch (ProvisioningException)
        {
            return ScimError.Of(refusal);
        }
    }

    private static async Task AnswerAsync(HttpContext context, ScimError error)
    {
        var allow = context.Response.Headers.Allow;
        context.Response.Clear();
        if (allow.Count > 0)
        {
            context.Response.Headers.Allow = allow;
        }

        await ScimReply.SendAsync(context.Response, error);
    }

    private static string Shorten(string text, int length)
    {
        var clean = text.Replace("\0", "", StringComparison.Ordinal);
        return clean.Length <= length ? clean : clean[..length];
    }

    [LoggerMessage(1, LogLevel.Error, "A SCIM request failed as {TraceId}")]
    private partial void Fault(string traceId, Exception failure);
}
