using Grpc.Core;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Routing.Template;
using Provisioning.Contract;

namespace Provisioning.Transcoding;

/// <summary>
/// What stands around the transcoder: requests are read strictly before it, and addresses that lead to no rpc are answered.
/// </summary>
internal static class JsonApi
{
    private const string Prefix = "/api";

    /// <summary>After how many seconds another try makes sense when the database does not answer.</summary>
    private const string RetryAfter = "5";

    /// <summary>Puts the strict reading before the rpcs; behind routing, which says what a request is for.</summary>
    public static void UseIn(WebApplication app)
    {
        app.UseWhen(context => context.Request.Path.StartsWithSegments(Prefix), branch => branch.UseRequestDecompression());
        app.Use(async (context, next) =>
        {
            var (request, response) = (context.Request, context.Response);
            if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcJsonTranscodingMetadata>() is not { } rpc)
            {
                await next(context);
                return;
            }

            response.OnStarting(() =>
            {
                if (response.StatusCode == StatusCodes.Status503ServiceUnavailable)
                {
                    response.Headers.RetryAfter = RetryAfter;
                }

                return Task.CompletedTask;
            });
            if (request.RouteValues.Values.Any(HasVerb))
            {
                await RefuseAsync(request, response, app);
                return;
            }

            try
            {
                await JsonRequest.PrepareAsync(request, rpc, context.RequestAborted);
            }
            catch (RpcException refusal)
            {
                await JsonReply.SendAsync(response, refusal);
                return;
            }

            await next(context);
        });
    }

    /// <summary>Answers whatever else is asked for under the API's prefix.</summary>
    public static void MapRest(IEndpointRouteBuilder routes) =>
        routes.Map(Prefix + "/{**rest}", (HttpRequest request, HttpResponse response) => RefuseAsync(request, response, routes))
            .WithOrder(int.MaxValue);

    /// <summary>405 with the methods that the address takes, or 404 where it takes none.</summary>
    private static Task RefuseAsync(HttpRequest request, HttpResponse response, IEndpointRouteBuilder routes)
    {
        var allowed = AllowedAt(request.Path, routes);
        if (allowed.Count == 0)
        {
            return JsonReply.SendAsync(response, Failures.UnknownMethod($"at {request.Method} {request.Path}"));
        }

        response.Headers.Allow = string.Join(", ", allowed);
        if (HttpMethods.IsOptions(request.Method))
        {
            response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        return JsonReply.SendAsync(response,
            Failures.UnknownMethod($"at {request.Method} {request.Path}: {response.Headers.Allow} is possible"),
                StatusCodes.Status405MethodNotAllowed);
    }

    private static IReadOnlyList<string> AllowedAt(PathString path, IEndpointRouteBuilder routes) =>
    [
        .. routes.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<GrpcJsonTranscodingMetadata>() is not null)
            .Where(endpoint => new RouteValueDictionary() is var values
                && new TemplateMatcher(new RouteTemplate(endpoint.RoutePattern), []).TryMatch(path, values) && !values.Values.Any(HasVerb))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods).Distinct()
                .Order(StringComparer.Ordinal),
    ];

    /// <summary>
    /// Whether a value of the address holds what should have been a method of its own, such as "tea_01:frob": ids have no colon.
    /// </summary>
    private static bool HasVerb(object? value) => value is string text && text.Contains(':', StringComparison.Ordinal);
}
