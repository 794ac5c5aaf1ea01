using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Json;

namespace Scim.Wire;

/// <summary>Something that a reply shows: one JSON object.</summary>
internal abstract class ScimResource
{
    /// <summary>Writes the object.</summary>
    public abstract Task WriteAsync(ScimWriter writer);
}

/// <summary>An object that is there whole.</summary>
internal sealed class JsonResource(JsonObject json) : ScimResource
{
    public override async Task WriteAsync(ScimWriter writer)
    {
        json.WriteTo(writer.Json);
        await writer.FlushAsync();
    }
}

/// <summary>
/// Writes JSON for a reply, and sends it off whenever enough has come together. What was begun and failed before that
/// leaves no trace.
/// </summary>
internal sealed class ScimWriter : IDisposable
{
    /// <summary>How replies are written.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = ProfileJson.Compact.Encoder, SkipValidation = true };

    private const int Enough = 32 * 1024;

    private readonly HttpResponse _response;
    private readonly ArrayBufferWriter<byte> _gathered = new();

    public ScimWriter(HttpResponse response)
    {
        _response = response;
        Json = new(_gathered, Options);
    }

    public Utf8JsonWriter Json { get; }

    /// <summary>Opens an object and writes members into it.</summary>
    public void Begin(JsonObject members)
    {
        Json.WriteStartObject();
        foreach (var (name, node) in members)
        {
            Json.WritePropertyName(name);
            if (node is null)
            {
                Json.WriteNullValue();
            }
            else
            {
                node.WriteTo(Json);
            }
        }
    }

    /// <summary>Sends off what is written, if it is enough.</summary>
    public async ValueTask FlushAsync()
    {
        if (_gathered.WrittenCount + Json.BytesPending > Enough)
        {
            await SendAsync();
        }
    }

    /// <summary>Ends the body.</summary>
    public async ValueTask FinishAsync()
    {
        if (!_response.HasStarted)
        {
            _response.ContentLength = _gathered.WrittenCount + Json.BytesPending;
        }

        await SendAsync();
    }

    public void Dispose() => Json.Dispose();

    private async ValueTask SendAsync()
    {
        await Json.FlushAsync(_response.HttpContext.RequestAborted);
        await _response.BodyWriter.WriteAsync(_gathered.WrittenMemory, _response.HttpContext.RequestAborted);
        _gathered.ResetWrittenCount();
    }
}
