using System.Data.Common;

namespace Provisioning.Storage;

/// <summary>Pooled connections to the database, the same as Entity Framework's.</summary>
internal sealed class StorageConnections(Engine engine, CoreSettings settings) : IAsyncDisposable
{
    /// <summary>The pool.</summary>
    public IConnectionPool Pool { get; } = engine.Connect(settings.ConnectionString);

    /// <summary>Runs statements on a connection of its own; each sees what is committed.</summary>
    /// <exception cref="DbException">One failed; those behind it did not run.</exception>
    public async Task RunAsync(IReadOnlyList<Statement> statements, CancellationToken cancellation)
    {
        if (statements.Count > 0)
        {
            await using var connection = await Pool.OpenAsync(cancellation);
            await engine.RunAsync(connection, null, statements, cancellation);
        }
    }

    public ValueTask DisposeAsync() => Pool.DisposeAsync();
}
