using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.Net.Http.Headers;
using Provisioning.Contract;

namespace Provisioning.Transcoding;

/// <summary>
/// A request of the JSON API before the transcoder reads it. The transcoder passes over unknown fields and parameters, and says little
/// of what it cannot read; it has no switch for either. So the request is read here first, strictly, and handed on in a form that the
/// transcoder is sure to read.
/// </summary>
internal static class JsonRequest
{
    /// <summary>How faults name the body itself.</summary>
    public const string Body = "body";

    /// <summary>How the contract says that the whole message is the body.</summary>
    public const string WholeBody = "*";

    private const int MaxBytes = 8 * 1024 * 1024 - 64 * 1024, MaxDepth = 64;

    private const string Json = "application/json";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    /// <summary>Reads a request, and replaces its query and body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="rpc">The rpc that its address leads to.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="RpcException">INVALID_FIELD, naming every faulty field; REQUEST_TOO_LARGE.</exception>
    public static async Task PrepareAsync(HttpRequest request, GrpcJsonTranscodingMetadata rpc, CancellationToken cancellation)
    {
        var (input, body) = (rpc.MethodDescriptor.InputType, rpc.HttpRule.Body);
        var (faults, routes) = (new JsonFaults(),
            request.RouteValues.Where(entry => entry.Value is string).ToDictionary(entry => entry.Key, entry => (string)entry.Value!));
        request.QueryString = new JsonQuery(input, body, routes.Keys, faults).Read(request.QueryString);
        if (body.Length > 0)
        {
            var sent = await ReadAsync(request, cancellation);
            var read = ReadBody(body == WholeBody ? input : input.FindFieldByName(body).MessageType, body, sent, routes, faults);
            faults.ThrowIfAny();
            var bytes = JsonSerializer.SerializeToUtf8Bytes(read);
            (request.Body, request.ContentLength) = (new MemoryStream(bytes), bytes.Length);
        }

        faults.ThrowIfAny();

        // Whatever it was said to be, it is this now; and the reply is written in the same encoding.
        request.ContentType = Json;
    }

    private static JsonNode? ReadBody(
        MessageDescriptor type, string body, ReadOnlyMemory<byte> sent, Dictionary<string, string> routes, JsonFaults faults)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(sent.Length == 0 ? "null"u8.ToArray() : sent, Strict);
        }
        catch (JsonException failure)
        {
            var place = failure.LineNumber is { } line ? $" at line {line + 1}, byte {failure.BytePositionInLine + 1}" : "";
            faults.Add(
                Body, $"The body is not usable JSON{place}: it is malformed, repeats a key, or nests more than {MaxDepth} levels deep.");
            return null;
        }

        using (document)
        {
            if (document.RootElement.ValueKind == JsonValueKind.Null)
            {
                if (body != WholeBody)
                {
                    faults.Add(body, $"{body} is required. Send it as the body, in JSON.");
                }

                return new JsonObject();
            }

            var read = new JsonValues(faults).ReadMessage(type, document.RootElement, "");
            CheckRoutes(read, body, routes, faults);
            return read;
        }
    }

    /// <summary>Refuses a body that names another resource than the address, which would silently win.</summary>
    private static void CheckRoutes(JsonNode? read, string body, Dictionary<string, string> routes, JsonFaults faults)
    {
        foreach (var (path, value) in routes)
        {
            var parts = path.Split('.');
            if (body != WholeBody && parts[0] != body)
            {
                continue;
            }

            var at = read;
            foreach (var part in body == WholeBody ? parts : parts[1..])
            {
                at = (at as JsonObject)?[part];
            }

            if (at?.GetValueKind() == JsonValueKind.String && at.GetValue<string>() is var named && named.Length > 0 && named != value)
            {
                faults.Add(parts[^1],
                    $"{parts[^1]} in the body is {named}, but the address names {value}. Remove it from the body, or correct the address.");
            }
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        var chunk = new byte[16 * 1024];
        try
        {
            while (await request.Body.ReadAsync(chunk, cancellation) is > 0 and var count)
            {
                if (bytes.Length + count > MaxBytes)
                {
                    throw Failures.RequestTooLarge($"The body is larger than {MaxBytes / 1024} KB. Send less in one request.");
                }

                bytes.Write(chunk, 0, count);
            }
        }
        catch (BadHttpRequestException bad) when (bad.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw Failures.RequestTooLarge($"The body is larger than {MaxBytes / 1024} KB. Send less in one request.");
        }
        catch (InvalidDataException)
        {
            throw Failures.InvalidField(
                Body, "The body is not what its Content-Encoding says. Send it as it was encoded, or without an encoding.");
        }

        if (bytes.Length > 0)
        {
            CheckType(request);
        }

        var read = bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
        return read.Span.StartsWith("\uFEFF"u8) ? read[3..] : read;
    }

    private static void CheckType(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Count > 0 && request.Headers.ContentEncoding.ToString() is var encoding
            && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            throw Failures.UnsupportedMedia(
                "Content-Encoding", $"The content encoding \"{encoding}\" is not supported. Send gzip, br, deflate, or none.");
        }

        if (!string.IsNullOrWhiteSpace(request.ContentType)
            && !(MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
                && (type.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase)
                    || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
                && type.Charset.Value?.Trim('"').ToLowerInvariant() is null or "" or "utf-8" or "utf8" or "us-ascii"))
        {
            throw Failures.UnsupportedMedia(
                "Content-Type", $"The content type \"{request.ContentType}\" is not supported. Send {Json}, in UTF-8.");
        }
    }
}
