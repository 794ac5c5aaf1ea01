namespace Provisioning.Storage;

/// <summary>
/// Lets writers of this process take turns where the engine has one writer at a time: it would starve some of those who wait.
/// </summary>
internal sealed class WriteTurns(Dialect dialect) : IDisposable
{
    private readonly SemaphoreSlim? _turn = dialect.HasOneWriter ? new(1) : null;

    public async ValueTask<Turn> TakeAsync(CancellationToken cancellation)
    {
        if (_turn is not null)
        {
            await _turn.WaitAsync(cancellation);
        }

        return new(_turn);
    }

    public void Dispose() => _turn?.Dispose();

    internal readonly struct Turn(SemaphoreSlim? turn) : IDisposable
    {
        public void Dispose() => turn?.Release();
    }
}
