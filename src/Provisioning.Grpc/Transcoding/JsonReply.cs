using Google.Protobuf;
using Grpc.Core;
using Provisioning.Contract;
using Provisioning.V1;

namespace Provisioning.Transcoding;

/// <summary>Answers a request of the JSON API that never came to an rpc, in the form in which the transcoder answers failed rpcs.</summary>
internal static class JsonReply
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithTypeRegistry(ErrorDetailTypes.Registry));

    /// <summary>Writes a failure.</summary>
    public static Task SendAsync(HttpResponse response, RpcException failure, int? status = null)
    {
        response.StatusCode = status ?? StatusOf(failure);
        response.ContentType = "application/json; charset=utf-8";
        return response.WriteAsync(Formatter.Format(failure.GetRpcStatus()));
    }

    private static int StatusOf(RpcException failure) => Failures.ReasonOf(failure) switch
    {
        ErrorReason.RequestTooLarge => StatusCodes.Status413PayloadTooLarge,
        ErrorReason.UnsupportedMedia => StatusCodes.Status415UnsupportedMediaType,
        ErrorReason.UnknownMethod => StatusCodes.Status404NotFound,
        _ => StatusCodes.Status400BadRequest,
    };
}
