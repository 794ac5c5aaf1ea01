using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Json;

namespace Scim.Wire;

/// <summary>What a request comes to; HTTP is the last step.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body; null for none.</param>
/// <param name="Location">The resource's address, when one was made.</param>
/// <param name="ETag">The resource's version, when one is shown.</param>
internal sealed record ScimReply(HttpStatusCode Status, JsonObject? Body = null, string? Location = null, string? ETag = null)
{
    public const string MediaType = "application/scim+json";

    private static readonly JsonWriterOptions Writing = new() { Encoder = ProfileJson.Compact.Encoder };

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

        if (Body is not null)
        {
            await WriteAsync(response, Body);
        }
    }

    /// <summary>Writes an error.</summary>
    public static Task SendAsync(HttpResponse response, ScimError error)
    {
        response.StatusCode = (int)error.Status;
        if (error.Status == HttpStatusCode.Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        if (error.RetryAfter is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return WriteAsync(response, error.ToJson());
    }

    private static async Task WriteAsync(HttpResponse response, JsonObject body)
    {
        response.ContentType = MediaType + "; charset=utf-8";
        using var buffer = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            body.WriteTo(writer);
        }

        response.ContentLength = buffer.Length;
        if (!HttpMethods.IsHead(response.HttpContext.Request.Method))
        {
            await response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), response.HttpContext.RequestAborted);
        }
    }
}
