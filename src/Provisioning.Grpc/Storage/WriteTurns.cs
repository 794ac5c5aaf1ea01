namespace Provisioning.Storage;

/// <summary>Lets writers of this process take turns on SQLite, which has one writer at a time and starves the rest.</summary>
internal sealed class WriteTurns(CoreSettings settings) : IDisposable
{
    private readonly SemaphoreSlim? _turn = settings.Provider == StorageProvider.Sqlite ? new(1) : null;

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
