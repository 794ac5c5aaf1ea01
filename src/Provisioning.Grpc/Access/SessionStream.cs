using Grpc.Core;

namespace Provisioning.Access;

/// <summary>
/// What a session watches ends with the session: what is sent together is looked at once, so that the very entry that tells of a
/// session's end ends its stream.
/// </summary>
internal sealed class SessionStream<T>(IServerStreamWriter<T> inner, SessionDirectory sessions, string secret, TimeProvider time)
    : IServerStreamWriter<T>
{
    private static readonly TimeSpan Trust = TimeSpan.FromMilliseconds(50);

    private long _checked = time.GetTimestamp();

    public WriteOptions? WriteOptions
    {
        get => inner.WriteOptions;
        set => inner.WriteOptions = value;
    }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        if (time.GetElapsedTime(_checked) > Trust)
        {
            await sessions.FindAsync(secret, cancellationToken);
            _checked = time.GetTimestamp();
        }

        await inner.WriteAsync(message, cancellationToken);
    }
}
