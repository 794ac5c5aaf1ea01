using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.EntityFrameworkCore.Storage;
using Provisioning.Access;
using Provisioning.Changes;
using Provisioning.Contract;
using Provisioning.Storage;

namespace Provisioning.Writing;

/// <summary>
/// The one way in which anything is written: one transaction with its changes and log entry, alone or together with other writes of
/// the company that come at the same time; repeated when another writer was faster, given back as it was when the same request_id
/// comes again.
/// </summary>
internal sealed class Writes(
    Lazy<ProvisioningDb> context, Dialect dialect, WriteTurns turns, Convoys convoys, IWrittenCompanies companies,
        IdempotentReplies replies, ChangeSignal signal, TimeProvider time)
{
    private const int MaxAttempts = 20;

    /// <summary>How long writes that go together wait for a lock: one that somebody forgot must not hold up who wants another.</summary>
    private static readonly TimeSpan LockPatience = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Runs the work in a transaction and commits it. The work may run several times; it must only touch its <see cref="Write"/>.
    /// </summary>
    /// <exception cref="RpcException">The work's own refusals, FEATURE_NOT_ENABLED, REQUEST_ID_REUSED, CONCURRENT_WRITE.</exception>
    public Task<TReply> RunAsync<TReply>(
        Caller caller, WriteRequest request, Func<OwnWrite, Task<TReply>> work, CancellationToken cancellation)
        where TReply : class, IMessage<TReply>, new()
    {
        IdempotentReplies.Check(request.RequestId);
        return AloneAsync(caller, request, work, cancellation);
    }

    /// <summary>
    /// The same for work that may go into one transaction with others of its company, if the request has a
    /// <see cref="WriteRequest.SharingKey"/>. Work that asks for <see cref="Write.Own"/> is done alone.
    /// </summary>
    /// <exception cref="RpcException">As by <see cref="RunAsync"/>.</exception>
    public async Task<TReply> ShareAsync<TReply>(
        Caller caller, WriteRequest request, Func<Write, Task<TReply>> work, CancellationToken cancellation)
        where TReply : class, IMessage<TReply>, new()
    {
        IdempotentReplies.Check(request.RequestId);
        if (request is not { SharingKey: { } key, ValidateOnly: false, RequestId: "" } || caller.CompanyId is not { } company)
        {
            return await AloneAsync(caller, request, work, cancellation);
        }

        var convoy = convoys.Of(company);
        var shared = new SharedWrite(caller, request, key, async write => await work(write));
        if (await convoy.JoinAsync(shared) is { } together)
        {
            try
            {
                if (together.Count > 1)
                {
                    await TogetherAsync(together);
                }
                else if (await AtOnceAsync(caller, request, work, cancellation) is { } reply)
                {
                    return reply;
                }
            }
            finally
            {
                convoy.Leave(together);
            }
        }

        if (shared.Failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        return shared.Reply as TReply ?? await AloneAsync(caller, request, work, cancellation);
    }

    /// <summary>
    /// Does a write by itself if it need not wait for another writer. Null when it would have to: it would hold up the writes behind it.
    /// </summary>
    private async Task<TReply?> AtOnceAsync<TReply>(
        Caller caller, WriteRequest request, Func<OwnWrite, Task<TReply>> work, CancellationToken cancellation)
        where TReply : class, IMessage<TReply>, new()
    {
        try
        {
            return await TryAsync(caller, request, work, attempt: 1, cancellation, withoutWaiting: true);
        }
        catch (Exception failure) when (IsWorthAnotherTry(failure))
        {
            return null;
        }
    }

    private async Task<TReply> AloneAsync<TReply>(
        Caller caller, WriteRequest request, Func<OwnWrite, Task<TReply>> work, CancellationToken cancellation)
        where TReply : class, IMessage<TReply>, new()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(caller, request, work, attempt, cancellation);
            }
            catch (Exception failure) when (IsWorthAnotherTry(failure))
            {
                if (attempt == MaxAttempts)
                {
                    throw Failures.ConcurrentWrite();
                }

                await Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(attempt * 4) + 1), time, cancellation);
            }
        }
    }

    private static bool IsWorthAnotherTry(Exception failure) =>
        failure is not RpcException
            && (failure is WriteRaced || StorageErrors.IsLostRace(failure) || StorageErrors.Duplicate(failure) is not null);

    private async Task<TReply> TryAsync<TReply>(
        Caller caller, WriteRequest request, Func<OwnWrite, Task<TReply>> work, int attempt, CancellationToken cancellation,
            bool withoutWaiting = false)
        where TReply : class, IMessage<TReply>, new()
    {
        var db = context.Value;
        db.ChangeTracker.Clear();
        using var turn = await turns.TakeAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var (company, seats) = ((WrittenCompany?)null, (ISeats?)null);
        if (caller.CompanyId is { } id)
        {
            seats = companies.SeatsFor(id, [request]);
            await Statements.RunAsync(db,
            [
                companies.Begin(id, null, found => company = found),
                .. Preloads.Read(new(dialect, caller, withoutWaiting), request),
                .. seats?.Read() ?? [],
            ], cancellation);
            companies.Remember(id, company?.SeatLimit, seats);
        }

        if (withoutWaiting && !request.IsHeld)
        {
            throw new WriteRaced();
        }

        // Behind the locks: who waited for the same request's first coming finds its reply now.
        if (await replies.FindAsync<TReply>(db, caller, request, cancellation) is { } earlier)
        {
            return earlier;
        }

        Admit(caller, request, company);
        var write = new OwnWrite(
            db, caller, company, attempt, Clock.Now(time), request.LogMethod ?? request.Method, cancellation)
        { Seats = seats };
        var reply = await work(write);
        await SaveAsync(write, transaction, request, reply, attempt, cancellation);
        return reply;
    }

    private async Task SaveAsync<TReply>(
        OwnWrite write, IDbContextTransaction transaction, WriteRequest request, TReply reply, int attempt, CancellationToken cancellation)
        where TReply : class, IMessage<TReply>, new()
    {
        var db = context.Value;
        write.Finish();
        try
        {
            if (db.ChangeTracker.HasChanges())
            {
                await db.SaveChangesAsync(cancellation);
            }

            // The commit goes along: a statement that fails keeps it from being reached.
            var commit = request is { ValidateOnly: false, RequestId: "" } ? dialect.Commit : null;
            await Statements.RunAsync(db, commit is null ? write.End.Statements : [.. write.End.Statements, commit], cancellation);
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

            if (commit is null)
            {
                await transaction.CommitAsync(cancellation);
            }
        }
        catch (Exception failure) when (StorageErrors.Duplicate(failure) is { } duplicate && write.RefusalOf(duplicate) is { } refusal)
        {
            // What stands in the way may be the same request, that came twice and is answered by now.
            throw request.RequestId.Length > 0 && attempt <= 2 ? new WriteRaced() : refusal;
        }

        signal.Pulse(write.Caller.CompanyId);
    }

    /// <summary>
    /// Does several writes in one transaction, each by itself until its end. One that is refused leaves nothing of its own. Where the
    /// transaction fails, nothing is done, and each is left to be done alone; unless the database goes while it commits, which is each
    /// one's answer. It ignores the callers' cancellation: one who gives up must not cancel the others' writes.
    /// </summary>
    private async Task TogetherAsync(IReadOnlyList<SharedWrite> together)
    {
        var (isEnding, isDone) = (false, false);
        try
        {
            var (db, caller, company) = (context.Value, together[0].Caller, (WrittenCompany?)null);
            db.ChangeTracker.Clear();
            using var turn = await turns.TakeAsync(CancellationToken.None);
            await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
            var requests = together.Select(each => each.Request).ToList();
            var seats = companies.SeatsFor(caller.Company, requests);
            await Statements.RunAsync(db,
            [
                companies.Begin(caller.Company, LockPatience, found => company = found),
                .. Preloads.Read(new(dialect, caller, SkipLocked: true), requests),
                .. seats?.Read() ?? [],
            ], CancellationToken.None);
            companies.Remember(caller.Company, company?.SeatLimit, seats);
            var (end, now) = (new WriteEnd(), Clock.Now(time));

            // A row that is not there, or is another writer's at the moment, is asked for alone.
            foreach (var each in together.Where(each => each.Request.IsHeld))
            {
                try
                {
                    Admit(each.Caller, each.Request, company);
                    var write = new Write(dialect, each.Caller, company, now, each.Request.Method) { Seats = seats };
                    each.Reply = await each.Work(write);
                    write.Finish();
                    end.Add(write.End);
                }
                catch (RpcException refusal)
                {
                    each.Failure = refusal;
                }
                catch (Exception needs) when (needs is WriteNeedsItsOwn or WriteRaced)
                {
                    // It has left nothing yet, so that the others go on; it is done alone.
                    each.Reply = null;
                }
            }

            isEnding = true;
            if (dialect.Commit is { } commit)
            {
                await Statements.RunAsync(db, [.. end.Statements, commit], CancellationToken.None);
            }
            else
            {
                await Statements.RunAsync(db, end.Statements, CancellationToken.None);
                await transaction.CommitAsync(CancellationToken.None);
            }

            isDone = true;
            signal.Pulse(caller.Company);
        }
        catch (Exception failure) when (!isDone)
        {
            foreach (var each in together)
            {
                (each.Reply, each.Failure) = (null, isEnding && StorageErrors.IsOutcomeUnknown(failure) ? failure : null);
            }
        }
    }

    /// <exception cref="RpcException">COMPANY_NOT_FOUND, FEATURE_NOT_ENABLED.</exception>
    private static void Admit(Caller caller, WriteRequest request, WrittenCompany? company)
    {
        if (caller.CompanyId is { } missing && company is null)
        {
            throw Failures.CompanyNotFound(missing);
        }

        if (company is { ScimFeature: false } && caller.IsProvider && !request.WithoutScim)
        {
            throw Failures.FeatureNotEnabled(company.DisplayName, "scim");
        }
    }
}
