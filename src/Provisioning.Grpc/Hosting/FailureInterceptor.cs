using Grpc.Core;
using Grpc.Core.Interceptors;
using Provisioning.Contract;
using Provisioning.Storage;
using Provisioning.Writing;

namespace Provisioning.Hosting;

/// <summary>
/// The rim: every failure leaves as a status with a reason, logged refusals among them, and nothing of our insides
/// leaks.
/// </summary>
internal sealed partial class FailureInterceptor(RefusalLog refusals, ILogger<FailureInterceptor> logger) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception failure)
        {
            throw Translate(failure, request, context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception failure)
        {
            throw Translate(failure, request, context);
        }
    }

    private RpcException Translate(Exception failure, object request, ServerCallContext context)
    {
        var translated = failure switch
        {
            RpcException known => known,
            OperationCanceledException when context.CancellationToken.IsCancellationRequested => new(
                context.Deadline <= DateTime.UtcNow
                    ? new(StatusCode.DeadlineExceeded, "The deadline passed. A write may or may not have been applied.")
                    : new(StatusCode.Cancelled, "The caller gave up.")),
            _ => Unexpected(failure, context.Method),
        };
        refusals.Note(translated, request, context);
        return translated;
    }

    private RpcException Unexpected(Exception failure, string method)
    {
        if (StorageErrors.IsUnavailable(failure))
        {
            StorageGone(method, failure);
            return Failures.StorageUnavailable();
        }

        var errorId = Guid.NewGuid().ToString("n")[..12];
        Fault(method, errorId, failure);
        return Failures.Internal(errorId);
    }

    [LoggerMessage(1, LogLevel.Error, "{Method} failed as {ErrorId}")]
    private partial void Fault(string method, string errorId, Exception failure);

    [LoggerMessage(2, LogLevel.Error, "{Method} failed: the database did not answer")]
    private partial void StorageGone(string method, Exception failure);
}
