using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Provisioning.Contract;

namespace Provisioning.Hosting;

/// <summary>Refuses requests whose texts cannot be stored, before any rpc runs, so that no rpc can forget to.</summary>
internal sealed class TextInterceptor : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        Check(request);
        return continuation(request, context);
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
            ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Check(request);
        return continuation(request, responseStream, context);
    }

    private static void Check(object request)
    {
        if (request is IMessage message)
        {
            StorableText.Check(message);
        }
    }
}
