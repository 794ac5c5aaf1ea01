using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Provisioning.Client;

/// <summary>Adds the client's headers to each call, and turns failures into <see cref="ProvisioningException"/>.</summary>
internal sealed class ClientCalls(Metadata headers) : Interceptor
{
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context,
            AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        var call = continuation(request, With(context));
        return new(TranslatedAsync(call.ResponseAsync), HeadersAsync, Status, Trailers, End, call);

        static Task<Metadata> HeadersAsync(object state) => TranslatedAsync(((AsyncUnaryCall<TResponse>)state).ResponseHeadersAsync);

        static Status Status(object state) => ((AsyncUnaryCall<TResponse>)state).GetStatus();

        static Metadata Trailers(object state) => ((AsyncUnaryCall<TResponse>)state).GetTrailers();

        static void End(object state) => ((AsyncUnaryCall<TResponse>)state).Dispose();
    }

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context,
            BlockingUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        try
        {
            return continuation(request, With(context));
        }
        catch (RpcException failure)
        {
            throw new ProvisioningException(failure);
        }
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context,
            AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation)
    {
        var call = continuation(request, With(context));
        return new(new Stream<TResponse>(call.ResponseStream), TranslatedAsync(call.ResponseHeadersAsync), call.GetStatus, call.GetTrailers,
            call.Dispose);
    }

    private ClientInterceptorContext<TRequest, TResponse> With<TRequest, TResponse>(ClientInterceptorContext<TRequest, TResponse> context)
        where TRequest : class
        where TResponse : class
    {
        var all = headers;
        if (context.Options.Headers is { Count: > 0 } given)
        {
            all = [];
            foreach (var entry in given.Concat(headers))
            {
                all.Add(entry);
            }
        }

        return new(context.Method, context.Host, context.Options.WithHeaders(all));
    }

    private static async Task<T> TranslatedAsync<T>(Task<T> task)
    {
        try
        {
            return await task;
        }
        catch (RpcException failure)
        {
            throw new ProvisioningException(failure);
        }
    }

    private sealed class Stream<T>(IAsyncStreamReader<T> inner) : IAsyncStreamReader<T>
    {
        public T Current => inner.Current;

        public Task<bool> MoveNext(CancellationToken cancellationToken) => TranslatedAsync(inner.MoveNext(cancellationToken));
    }
}
