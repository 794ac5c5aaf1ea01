using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Net.Http.Headers;

namespace Scim.Wire;

/// <summary>What a request comes to; HTTP is the last step.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body; null for none.</param>
/// <param name="Location">The resource's address, where the reply shows one resource or nothing but that it was made.</param>
/// <param name="ETag">The resource's version, when one is shown.</param>
internal sealed record ScimReply(HttpStatusCode Status, ScimResource? Body = null, string? Location = null, string? ETag = null)
{
    /// <summary>The id of the resource that was made; null when none was.</summary>
    public string? MadeId { get; init; }

    public const string MediaType = "application/scim+json", PlainMediaType = "application/json";

    /// <summary>A reply with a whole object that tells its address.</summary>
    public static ScimReply Of(JsonObject body) =>
        new(HttpStatusCode.OK, new JsonResource(body), body["meta"]!["location"]!.GetValue<string>());

    /// <summary>Writes the reply.</summary>
    public async Task SendAsync(HttpResponse response)
    {
        response.StatusCode = (int)Status;
        if (Location is not null)
        {
            response.Headers.Location = Location;
        }

        if (ETag is not null)
        {
            response.Headers.ETag = ETag;
        }

        if (Body is null)
        {
            return;
        }

        response.ContentType = Acceptable(response.HttpContext.Request) + "; charset=utf-8";
        if (!HttpMethods.IsHead(response.HttpContext.Request.Method))
        {
            using var writer = new ScimWriter(response);
            await Body.WriteAsync(writer);
            await writer.FinishAsync();
        }
    }

    /// <summary>Writes an error.</summary>
    public static Task SendAsync(HttpResponse response, ScimError error)
    {
        if (error.Status == HttpStatusCode.Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        if (error.RetryAfter is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return new ScimReply(error.Status, new JsonResource(error.ToJson())).SendAsync(response);
    }

    /// <summary>
    /// The media type of the reply (RFC 7644 section 3.8): plain JSON for who prefers it, else SCIM's. Who accepts
    /// neither gets SCIM's, as RFC 9110 section 12.4.1 allows: an error that hides the answer helps nobody.
    /// </summary>
    private static string Acceptable(HttpRequest request)
    {
        var (scim, plain) = (0.0, 0.0);
        if (MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted))
        {
            foreach (var range in accepted)
            {
                var quality = range.Quality ?? 1.0;
                scim = range.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase) ? Math.Max(scim, quality) : scim;
                plain = range.MediaType.Equals(PlainMediaType, StringComparison.OrdinalIgnoreCase) ? Math.Max(plain, quality) : plain;
            }
        }

        return plain > scim ? PlainMediaType : MediaType;
    }
}
