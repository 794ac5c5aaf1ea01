using Provisioning.Access;
using Provisioning.Storage;

namespace Provisioning.Writing;

/// <summary>A write that has its transaction to itself, and may read and change what it wants in it.</summary>
internal sealed class OwnWrite(
    ProvisioningDb db, Caller caller, WrittenCompany? company, int attempt, DateTimeOffset now, string method,
        CancellationToken cancellation)
    : Write(db.Dialect, caller, company, now, method)
{
    /// <summary>The transaction's context.</summary>
    public ProvisioningDb Db => db;

    /// <summary>
    /// Whether to start over when others were faster, or to live with it: who starts over again and again would never end.
    /// </summary>
    public bool MayStartOver => attempt < 6;

    public CancellationToken Cancellation => cancellation;

    public override OwnWrite Own() => this;

    /// <summary>Runs statements in the write's transaction, in one round trip.</summary>
    public Task RunAsync(params IReadOnlyList<Statement> statements) => Statements.RunAsync(db, statements, cancellation);

    /// <summary>Takes a lock of the company that lasts as long as the transaction.</summary>
    /// <param name="what">What is locked.</param>
    public Task LockAsync(string what) => RunAsync([.. db.Dialect.Lock(what, CompanyId)]);
}
