using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Provisioning.Storage;

/// <summary>Runs statements in a context's transaction.</summary>
internal static class Statements
{
    /// <summary>Runs statements in the transaction that a context has begun.</summary>
    /// <exception cref="DbException">One failed; those behind it did not run.</exception>
    public static Task RunAsync(ProvisioningDb db, IReadOnlyList<Statement> statements, CancellationToken cancellation) =>
        statements.Count == 0 ? Task.CompletedTask : db.Engine.RunAsync(
            db.Database.GetDbConnection(), db.Database.CurrentTransaction?.GetDbTransaction(), statements, cancellation);
}
