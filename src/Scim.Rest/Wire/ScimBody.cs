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

    /// <summary>Reads the body.</summary>
    /// <exception cref="ScimException">It is no JSON object, too large, or of another media type.</exception>
    public static async Task<JsonObject> ReadAsync(HttpRequest request, Tolerances tolerances, int maxBytes = MaxBytes, int maxDepth = ProfileJson.MaxDepth)
    {
        if (!IsJson(request.ContentType))
        {
            throw new ScimException(HttpStatusCode.UnsupportedMediaType, null,
                $"The content type \"{request.ContentType}\" is not supported. Send {ScimReply.MediaType}.");
        }

        if (request.ContentType?.Contains("scim+json", StringComparison.OrdinalIgnoreCase) != true)
        {
            tolerances.Note(Tolerated.MediaType);
        }

        try
        {
            var bytes = await BytesAsync(request, maxBytes);
            CheckTexts(bytes, maxDepth);
            var node = JsonNode.Parse(bytes, documentOptions: ProfileJson.Strict with { MaxDepth = maxDepth });
            return node as JsonObject ?? throw ScimException.Syntax("The body must be a JSON object.");
        }
        catch (JsonException failure)
        {
            var place = failure.LineNumber is { } line ? $" (line {line + 1}, byte {failure.BytePositionInLine + 1})" : "";
            throw ScimException.Syntax(
                $"The body is not usable JSON{place}: it is malformed, repeats a key, or nests more than {maxDepth} levels deep.");
        }
    }

    /// <summary>Refuses texts that are no Unicode: bytes that are no UTF-8, and halves of surrogate pairs in escapes.</summary>
    private static void CheckTexts(byte[] bytes, int maxDepth)
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

    private static async Task<ReadOnlyMemory<byte>> ReadAllAsync(HttpRequest request, int maxBytes)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, request.HttpContext.RequestAborted)) > 0)
        {
            buffer.Write(chunk, 0, read);
            if (buffer.Length > maxBytes)
            {
                throw TooLarge(maxBytes);
            }
        }

        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }

    private static async Task<byte[]> BytesAsync(HttpRequest request, int maxBytes)
    {
        if (request.ContentLength > maxBytes)
        {
            throw TooLarge(maxBytes);
        }

        var bytes = await ReadAllAsync(request, maxBytes);
        return (bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes).ToArray();
    }

    private static ScimException TooLarge(int maxBytes) =>
        ScimException.TooLarge($"The body is larger than {maxBytes / 1024} KB. Send fewer attributes, values or operations.");
}
