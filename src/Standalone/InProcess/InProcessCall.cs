using Grpc.Core;

namespace Standalone.InProcess;

/// <summary>
/// One call: what the handler sees of it, and how it ends. Deadline and the caller's cancellation are told apart, and
/// both reach the handler.
/// </summary>
internal sealed class InProcessCall : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);
    private readonly CancellationTokenSource _ended;
    private readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer? _overdue;
    private volatile bool _isOverdue;
    private Status _status = Status.DefaultSuccess;

    public InProcessCall(string method, CallOptions options, TimeProvider time)
    {
        var deadline = options.Deadline?.ToUniversalTime() ?? DateTime.MaxValue;
        _ended = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken);
        Ended = _ended.Token;
        if (deadline != DateTime.MaxValue)
        {
            var remaining = deadline - time.GetUtcNow().UtcDateTime;
            if (remaining <= TimeSpan.Zero)
            {
                Expire();
            }
            else
            {
                _overdue = time.CreateTimer(static call => ((InProcessCall)call!).Expire(), this, remaining < Longest ? remaining : Longest,
                    Timeout.InfiniteTimeSpan);
            }
        }

        Context = new InProcessContext(method, deadline, options.Headers ?? [], _headers, Ended);
    }

    public InProcessContext Context { get; }

    public Task<Metadata> Headers => _headers.Task;

    /// <summary>Cancelled when the caller gives up or the deadline passes.</summary>
    public CancellationToken Ended { get; }

    public Status GetStatus() => _status;

    public Metadata GetTrailers() => Context.ResponseTrailers;

    public void Cancel()
    {
        try
        {
            _ended.Cancel();
        }
        catch (ObjectDisposedException)
        {
        }
    }

    /// <summary>Fails a call that is over before it began.</summary>
    public void ThrowIfOver() => Ended.ThrowIfCancellationRequested();

    /// <summary>Waits for the handler as long as the caller does.</summary>
    public async Task<T> WaitAsync<T>(Task<T> handling)
    {
        var reply = await handling.WaitAsync(Ended);
        _headers.TrySetResult([]);
        return reply;
    }

    /// <summary>A failure as the caller sees it.</summary>
    public RpcException Fail(Exception failure)
    {
        var (status, trailers) = failure switch
        {
            RpcException known => (known.Status, known.Trailers),
            OperationCanceledException when _isOverdue => (new(StatusCode.DeadlineExceeded, "The deadline passed."), []),
            OperationCanceledException => (new(StatusCode.Cancelled, "The call was cancelled."), []),
            _ => (new Status(StatusCode.Unknown, "The call failed."), new Metadata()),
        };
        foreach (var trailer in trailers)
        {
            Context.ResponseTrailers.Add(trailer);
        }

        _status = status;
        _headers.TrySetResult([]);
        return new(status, Context.ResponseTrailers);
    }

    /// <summary>To be called when the handler has ended, which may be after the caller has stopped waiting.</summary>
    public void Dispose()
    {
        _overdue?.Dispose();
        _ended.Dispose();
    }

    private void Expire()
    {
        _isOverdue = true;
        Cancel();
    }
}

/// <summary>A call as its handler sees it.</summary>
internal sealed class InProcessContext(
    string method, DateTime deadline, Metadata requestHeaders, TaskCompletionSource<Metadata> headers, CancellationToken cancellation)
        : ServerCallContext
{
    protected override string MethodCore => method;

    protected override string HostCore => "in-process";

    protected override string PeerCore => "in-process";

    protected override DateTime DeadlineCore => deadline;

    protected override Metadata RequestHeadersCore => requestHeaders;

    protected override CancellationToken CancellationTokenCore => cancellation;

    protected override Metadata ResponseTrailersCore { get; } = [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore { get; } = new("", []);

    protected override IDictionary<object, object> UserStateCore { get; } = new Dictionary<object, object>();

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        throw new NotSupportedException("Calls within the process are not propagated.");

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        headers.TrySetResult(responseHeaders);
        return Task.CompletedTask;
    }
}
