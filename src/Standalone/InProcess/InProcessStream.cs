using System.Threading.Channels;
using Grpc.Core;

namespace Standalone.InProcess;

/// <summary>Items on their way from a handler to its caller; the handler waits when the caller is slow.</summary>
internal sealed class InProcessStream<T>(InProcessCall call) : IServerStreamWriter<T>, IAsyncStreamReader<T>
    where T : class
{
    private readonly Channel<T> _items = Channel.CreateBounded<T>(16);

    public T Current { get; private set; } = null!;

    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await _items.Writer.WriteAsync(InProcessInvoker.Clone(message), call.Context.CancellationToken);
    }

    public void Complete(RpcException? failure) => _items.Writer.TryComplete(failure);

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        try
        {
            if (!await _items.Reader.WaitToReadAsync(cancellationToken))
            {
                return false;
            }
        }
        catch (OperationCanceledException)
        {
            call.Cancel();
            throw new RpcException(new(StatusCode.Cancelled, "The call was cancelled."));
        }

        Current = await _items.Reader.ReadAsync(cancellationToken);
        return true;
    }
}
