using System.Diagnostics;
using System.Diagnostics.Metrics;
using Google.Protobuf;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Options;

namespace Standalone.InProcess;

/// <summary>
/// Joins the front end to the core within one process: the generated client's calls go through the server's own
/// interceptors to its own methods, each in a scope of its own, without a socket. Messages are cloned on the way, so
/// that neither side can change what the other holds.
/// </summary>
internal sealed partial class InProcessInvoker(
    InProcessMethods methods, IServiceProvider services, IOptions<GrpcServiceOptions> options, TimeProvider time,
        ILogger<InProcessInvoker> logger)
    : CallInvoker
{
    private static readonly ActivitySource Activities = new("Provisioning.InProcess");

    private static readonly Histogram<double> Durations = new Meter("Provisioning.InProcess").CreateHistogram<double>(
        "rpc.server.duration", "ms", "How long calls within the process took.");

    private readonly Lazy<Interceptor[]> _interceptors = new(() =>
        [.. options.Value.Interceptors.Select(each => (Interceptor)services.GetRequiredService(each.Type)).Reverse()]);

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        AsyncUnaryCall(method, host, options, request).ResponseAsync.GetAwaiter().GetResult();

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = new InProcessCall(method.FullName, options, time);
        var response = CallAsync(call, method, request);
        return new(response, call.Headers, call.GetStatus, call.GetTrailers, call.Cancel);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = new InProcessCall(method.FullName, options, time);
        var stream = new InProcessStream<TResponse>(call);
        _ = StreamAsync(call, method, request, stream);
        return new(stream, call.Headers, call.GetStatus, call.GetTrailers, call.Cancel);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) => throw NoClientStreams(method.FullName);

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) => throw NoClientStreams(method.FullName);

    private async Task<TResponse> CallAsync<TRequest, TResponse>(InProcessCall call, Method<TRequest, TResponse> method, TRequest request)
        where TRequest : class
        where TResponse : class
    {
        try
        {
            return await call.WaitAsync(HandleAsync(call, method, request));
        }
        catch (Exception failure)
        {
            throw call.Fail(failure);
        }
    }

    /// <summary>Runs the handler to its end, also when the caller has stopped waiting: only then does its scope end.</summary>
    private async Task<TResponse> HandleAsync<TRequest, TResponse>(InProcessCall call, Method<TRequest, TResponse> method, TRequest request)
        where TRequest : class
        where TResponse : class
    {
        var began = time.GetTimestamp();
        using var activity = Activities.StartActivity(method.FullName, ActivityKind.Server);
        try
        {
            Admit(call, request);
            await using var scope = services.CreateAsyncScope();
            var handler = methods.Unary<TRequest, TResponse>(method.FullName, scope.ServiceProvider);
            foreach (var interceptor in _interceptors.Value)
            {
                var inner = handler;
                handler = (each, context) => interceptor.UnaryServerHandler(each, context, inner);
            }

            return Clone(await handler(Clone(request), call.Context));
        }
        catch (Exception failure) when (failure is not (RpcException or OperationCanceledException))
        {
            Fault(method.FullName, failure);
            throw;
        }
        finally
        {
            Durations.Record(
                time.GetElapsedTime(began).TotalMilliseconds, new KeyValuePair<string, object?>("rpc.method", method.FullName));
            call.Dispose();
        }
    }

    private async Task StreamAsync<TRequest, TResponse>(InProcessCall call, Method<TRequest, TResponse> method, TRequest request,
        InProcessStream<TResponse> stream)
        where TRequest : class
        where TResponse : class
    {
        using var activity = Activities.StartActivity(method.FullName, ActivityKind.Server);
        try
        {
            Admit(call, request);
            await using var scope = services.CreateAsyncScope();
            var handler = methods.Streaming<TRequest, TResponse>(method.FullName, scope.ServiceProvider);
            foreach (var interceptor in _interceptors.Value)
            {
                var inner = handler;
                handler = (each, writer, context) => interceptor.ServerStreamingServerHandler(each, writer, context, inner);
            }

            await handler(Clone(request), stream, call.Context);
            stream.Complete(null);
        }
        catch (Exception failure)
        {
            if (failure is not (RpcException or OperationCanceledException))
            {
                Fault(method.FullName, failure);
            }

            stream.Complete(call.Fail(failure));
        }
        finally
        {
            call.Dispose();
        }
    }

    /// <summary>What the transport would refuse: a deadline that is past, a message that is too large.</summary>
    private void Admit<TRequest>(InProcessCall call, TRequest request)
    {
        call.ThrowIfOver();
        if (request is IMessage message && options.Value.MaxReceiveMessageSize is { } limit && message.CalculateSize() > limit)
        {
            throw new RpcException(new(StatusCode.ResourceExhausted, "The request is larger than the service takes."));
        }
    }

    /// <summary>A message of one's own.</summary>
    internal static T Clone<T>(T message) => message is IDeepCloneable<T> cloneable ? cloneable.Clone() : message;

    private static RpcException NoClientStreams(string method) =>
        new(new(StatusCode.Unimplemented, $"{method} streams from the client, which calls within the process do not."));

    [LoggerMessage(1, LogLevel.Error, "{Method} failed")]
    private partial void Fault(string method, Exception failure);
}
