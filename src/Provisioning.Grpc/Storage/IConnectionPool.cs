using System.Data.Common;

namespace Provisioning.Storage;

/// <summary>Connections to a database, which are opened once and lent many times.</summary>
internal interface IConnectionPool : IAsyncDisposable
{
    /// <summary>Lends a connection. Disposing it gives it back.</summary>
    ValueTask<DbConnection> OpenAsync(CancellationToken cancellation);
}
