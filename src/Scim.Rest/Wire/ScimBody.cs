using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Microsoft.Net.Http.Headers;
using Provisioning.Json;
using Scim.Tolerance;

namespace Scim.Wire;

/// <summary>Reads a request's body: JSON, one object, no duplicate keys, bounded size and depth.</summary>
internal static class ScimBody
{
    /// <summary>The largest body taken, in bytes: of one user or query, of a bulk request, of a group with all its members.</summary>
    public const int MaxBytes = 1024 * 1024, MaxBulkBytes = 4 * MaxBytes, MaxGroupBytes = 8 * MaxBytes - 64 * 1024;

    /// <summary>
    /// How many bytes are made room for at first, in a body whose length was not said, and at most, whatever was said: nobody is known yet.
    /// </summary>
    private const int FirstBytes = 4 * 1024, MostFirstBytes = 64 * 1024;

    /// <summary>Reads the body.</summary>
    /// <exception cref="ScimException">It is no JSON object, too large, or of another media type.</exception>
    public static async Task<JsonObject> ReadAsync(
        HttpRequest request, Tolerances tolerances, int maxBytes = MaxBytes, int maxDepth = ProfileJson.MaxDepth)
    {
        if (!IsJson(request.ContentType))
        {
            throw new ScimException(HttpStatusCode.UnsupportedMediaType, null,
                $"The content type \"{request.ContentType}\" is not supported. Send {ScimReply.MediaType}.");
        }

        if (request.Headers.ContentEncoding.Count > 0 && request.Headers.ContentEncoding.ToString() is var encoding
            && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            // What the server decodes it takes away from the headers (RFC 9110 section 8.4).
            throw new ScimException(HttpStatusCode.UnsupportedMediaType, null,
                $"The content encoding \"{encoding}\" is not supported. Send gzip, br, deflate, or none.");
        }

        if (request.ContentType?.Contains("scim+json", StringComparison.OrdinalIgnoreCase) != true)
        {
            tolerances.Note(Tolerated.MediaType);
        }

        try
        {
            var bytes = await BytesAsync(request, maxBytes);
            CheckTexts(bytes.Span, maxDepth);
            var node = JsonNode.Parse(bytes.Span, documentOptions: ProfileJson.Strict with { MaxDepth = maxDepth });
            return node as JsonObject ?? throw ScimException.Syntax("The body must be a JSON object.");
        }
        catch (InvalidDataException)
        {
            throw ScimException.Syntax(
                "The body is not what its Content-Encoding says. Send it as it was encoded, or without an encoding.");
        }
        catch (JsonException failure)
        {
            var place = failure.LineNumber is { } line ? $" (line {line + 1}, byte {failure.BytePositionInLine + 1})" : "";
            throw ScimException.Syntax(
                $"The body is not usable JSON{place}: it is malformed, repeats a key, or nests more than {maxDepth} levels deep.");
        }
    }

    /// <summary>Refuses texts that are no Unicode: bytes that are no UTF-8, and halves of surrogate pairs in escapes.</summary>
    private static void CheckTexts(ReadOnlySpan<byte> bytes, int maxDepth)
    {
        var reader = new Utf8JsonReader(bytes, new() { MaxDepth = maxDepth });
        try
        {
            var valid = Utf8.IsValid(bytes);
            while (valid && reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                {
                    reader.GetString();
                }
            }

            if (valid)
            {
                return;
            }
        }
        catch (InvalidOperationException)
        {
        }

        throw ScimException.Value("The body holds a text that is not Unicode (bytes that are not UTF-8, or half of a surrogate pair).");
    }

    private static bool IsJson(string? contentType) =>
        string.IsNullOrWhiteSpace(contentType)
        || (MediaTypeHeaderValue.TryParse(contentType, out var type)
            && type.MediaType.Value?.ToLowerInvariant() is ScimReply.MediaType or "application/json" or "text/json"
            && (type.Charset.Value?.Trim('"').ToLowerInvariant() is null or "" or "utf-8" or "utf8" or "us-ascii"));

    /// <summary>The whole body, without a mark of the byte order, in one array where it is no longer than most are and said so.</summary>
    private static async Task<ReadOnlyMemory<byte>> BytesAsync(HttpRequest request, int maxBytes)
    {
        if (request.ContentLength > maxBytes)
        {
            throw TooLarge(maxBytes);
        }

        // One byte more than was said, so that the end is met without another array.
        var (bytes, count) = (new byte[Math.Min(request.ContentLength ?? FirstBytes, MostFirstBytes) + 1], 0);
        while (await request.Body.ReadAsync(bytes.AsMemory(count), request.HttpContext.RequestAborted) is > 0 and var read)
        {
            count += read;
            if (count > maxBytes)
            {
                throw TooLarge(maxBytes);
            }

            if (count == bytes.Length)
            {
                Array.Resize(ref bytes, bytes.Length * 2);
            }
        }

        var from = bytes.AsSpan(0, count).StartsWith("\uFEFF"u8) ? 3 : 0;
        return bytes.AsMemory(from, count - from);
    }

    private static ScimException TooLarge(int maxBytes) =>
        ScimException.TooLarge($"The body is larger than {maxBytes / 1024} KB. Send fewer attributes, values or operations.");
}
