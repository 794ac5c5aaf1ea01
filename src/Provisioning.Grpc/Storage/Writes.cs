using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.EntityFrameworkCore.Storage;
using Provisioning.Access;
using Provisioning.Changes;
using Provisioning.Companies;
using Provisioning.Contract;

namespace Provisioning.Storage;

/// <summary>What a write request says about itself.</summary>
/// <param name="Method">The rpc's name.</param>
/// <param name="Request">The whole request.</param>
/// <param name="ValidateOnly">Answer as if done, and do nothing.</param>
/// <param name="RequestId">A UUID by which a repeated request is known; empty for none.</param>
internal sealed record WriteRequest(string Method, IMessage Request, bool ValidateOnly, string RequestId)
{
    /// <summary>Whether a provider may ask for it in a company without the scim feature; the work decides the rest.</summary>
    public bool WithoutScim { get; init; }

    /// <summary>
    /// What the work reads first, in the round trip that begins the write: asked for at each attempt, and to be forgotten then.
    /// </summary>
    public Func<IEnumerable<Statement>>? Ahead { get; init; }
}

/// <summary>
/// The one way in which anything is written: one transaction with its changes and log entry, repeated when another
/// writer was faster, given back as it was when the same request_id comes again.
/// </summary>
internal sealed class Writes(
    Lazy<ProvisioningDb> context, CoreSettings settings, WriteTurns turns, IdempotentReplies replies, ChangeSignal signal, TimeProvider time)
{
    private const int MaxAttempts = 20;

    /// <summary>Runs the work in a transaction and commits it. The work may run several times; it must only touch its <see cref="Write"/>.</summary>
    /// <exception cref="RpcException">The work's own refusals, FEATURE_NOT_ENABLED, REQUEST_ID_REUSED, CONCURRENT_WRITE.</exception>
    public async Task<TReply> RunAsync<TReply>(
        Caller caller, WriteRequest request, Func<Write, Task<TReply>> work, CancellationToken cancellation)
        where TReply : class, IMessage<TReply>, new()
    {
        IdempotentReplies.Check(request.RequestId);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(caller, request, work, attempt, cancellation);
            }
            catch (Exception failure) when (failure is not RpcException && (failure is SeatsAreFew or WriteRaced || StorageErrors.IsLostRace(failure) || StorageErrors.Duplicate(failure) is not null))
            {
                if (attempt == MaxAttempts)
                {
                    throw Failures.ConcurrentWrite();
                }

                await Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(attempt * 4) + 1), time, cancellation);
            }
        }
    }

    private async Task<TReply> TryAsync<TReply>(
        Caller caller, WriteRequest request, Func<Write, Task<TReply>> work, int attempt, CancellationToken cancellation)
        where TReply : class, IMessage<TReply>, new()
    {
        var db = context.Value;
        db.ChangeTracker.Clear();
        using var turn = await turns.TakeAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        Company? company = null;
        if (caller.CompanyId is { } id)
        {
            Statement[] first = settings.Provider == StorageProvider.Postgres ? [Statement.KeepPlans()] : [];
            await Statements.RunAsync(db, [.. first, CompanyRows.Find(id, found => company = found), .. request.Ahead?.Invoke() ?? []], cancellation);
        }

        // Behind the locks: who waited for the same request's first coming finds its reply now.
        if (await replies.FindAsync<TReply>(db, caller, request, cancellation) is { } earlier)
        {
            return earlier;
        }

        if (caller.CompanyId is { } missing && company is null)
        {
            throw Failures.CompanyNotFound(missing);
        }

        if (company is { ScimFeature: false } && caller.IsProvider && !request.WithoutScim)
        {
            throw Failures.FeatureNotEnabled(company.DisplayName, "scim");
        }

        var write = new Write(db, settings.Provider, caller, company, SeatCaution.For(attempt), Clock.Now(time), request.Method, cancellation);
        var reply = await work(write);
        await SaveAsync(write, transaction, request, reply, attempt, cancellation);
        return reply;
    }

    private async Task SaveAsync<TReply>(Write write, IDbContextTransaction transaction, WriteRequest request, TReply reply, int attempt, CancellationToken cancellation)
        where TReply : class, IMessage<TReply>, new()
    {
        var db = context.Value;
        await write.FinishAsync(cancellation);
        try
        {
            if (db.ChangeTracker.HasChanges())
            {
                await db.SaveChangesAsync(cancellation);
            }

            // The commit goes along: a statement that fails keeps it from being reached.
            var ends = settings.Provider == StorageProvider.Postgres && request is { ValidateOnly: false, RequestId: "" };
            await Statements.RunAsync(db, ends ? [.. write.Last, new("COMMIT")] : write.Last, cancellation);
            if (request.ValidateOnly)
            {
                await transaction.RollbackAsync(cancellation);
                return;
            }

            if (request.RequestId.Length > 0)
            {
                db.Add(replies.Keep(write.Caller, request, reply, write.Now));
                await db.SaveChangesAsync(cancellation);
            }

            if (!ends)
            {
                await transaction.CommitAsync(cancellation);
            }
        }
        catch (Exception failure) when (StorageErrors.Duplicate(failure) is { } duplicate && write.RefusalOf(duplicate) is { } refusal)
        {
            // What stands in the way may be the same request, that came twice and is answered by now.
            throw request.RequestId.Length > 0 && attempt <= 2 ? new WriteRaced() : refusal;
        }

        signal.Pulse();
    }
}

/// <summary>What a write had read is no longer so: it starts over.</summary>
internal sealed class WriteRaced : Exception;

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

/// <summary>Time to the microsecond, as both engines keep it.</summary>
internal static class Clock
{
    public static DateTimeOffset Now(TimeProvider time) => Truncate(time.GetUtcNow());

    /// <summary>The time of an update: now, and at least a millisecond past the one before.</summary>
    public static DateTimeOffset After(DateTimeOffset before, DateTimeOffset now) =>
        now > before.AddMilliseconds(1) ? now : before.AddMilliseconds(1);

    private static DateTimeOffset Truncate(DateTimeOffset time) => new(time.UtcTicks / 10 * 10, TimeSpan.Zero);
}
