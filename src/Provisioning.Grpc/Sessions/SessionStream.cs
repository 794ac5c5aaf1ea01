using Grpc.Core;

namespace Provisioning.Sessions;

/// <summary>What a session watches ends with the session: nothing is sent a second after it.</summary>
internal sealed class SessionStream<T>(IServerStreamWriter<T> inner, SessionDirectory sessions, string secret, TimeProvider time) : IServerStreamWriter<T>
{
    private static readonly TimeSpan Trust = TimeSpan.FromMilliseconds(500);

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
