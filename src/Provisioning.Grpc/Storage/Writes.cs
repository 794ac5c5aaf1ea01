using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.EntityFrameworkCore.Storage;
using Provisioning.Access;
using Provisioning.Changes;
using Provisioning.Companies;
using Provisioning.Connections;
using Provisioning.Contract;
using Provisioning.Groups;
using Provisioning.Teammates;
using Provisioning.Templates;

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

    /// <summary>Whether it may take seats. One that shares no transaction may take many.</summary>
    public bool TakesSeats { get; init; }

    /// <summary>The rpc that the log names, where that is another.</summary>
    public string? LogMethod { get; init; }

    /// <summary>How it goes into one transaction with others of its company; null where it never does.</summary>
    public Sharing? Sharing { get; init; }
}

/// <summary>What a write reads first that may share its transaction, in place of <see cref="WriteRequest.Ahead"/>.</summary>
/// <param name="Key">What it is about: of two writes about the same, one waits for the other to end.</param>
/// <param name="Lock">The teammate that it locks; null for none.</param>
/// <param name="Choice">The templates that it chooses from; null for none.</param>
/// <param name="Group">The group that it locks; null for none.</param>
/// <param name="Members">The members of that group whom it moves; null for none.</param>
/// <param name="Names">The names of attributes that no schema has; null for none.</param>
internal sealed record Sharing(
    string Key, TeammateLock? Lock = null, TemplateChoice? Choice = null, GroupLock? Group = null, FewMembers? Members = null, UnknownNames? Names = null)
{
    /// <summary>Whether what it locks is there, and ours to write.</summary>
    public bool IsHeld => Lock is not { IsHeld: false } && Group is not { IsHeld: false };

    /// <summary>What some writes of one company run ahead, at each attempt; without waiting for what other writers have, that is not held.</summary>
    public static IEnumerable<Statement> Ahead(StorageProvider provider, Caller caller, bool withoutWaiting, params IReadOnlyList<Sharing> all) =>
    [
        .. TeammateLock.Ahead(provider, caller, [.. all.Select(each => each.Lock).OfType<TeammateLock>()], withoutWaiting),
        .. GroupLock.Ahead(provider, [.. all.Select(each => each.Group).OfType<GroupLock>()], withoutWaiting),
        .. FewMembers.Ahead(provider, caller, [.. all.Select(each => each.Members).OfType<FewMembers>()]),
        .. TemplateChoice.Ahead(provider, caller, [.. all.Select(each => each.Choice).OfType<TemplateChoice>()]),
        .. UnknownNames.Ahead(provider, [.. all.Select(each => each.Names).OfType<UnknownNames>()]),
    ];
}

/// <summary>
/// The one way in which anything is written: one transaction with its changes and log entry, alone or together with other writes of
/// the company that come at the same time; repeated when another writer was faster, given back as it was when the same request_id
/// comes again.
/// </summary>
internal sealed class Writes(
    Lazy<ProvisioningDb> context, CoreSettings settings, WriteTurns turns, Convoys convoys, SeatMemory seatMemory,
    IdempotentReplies replies, ChangeSignal signal, TimeProvider time)
{
    private const int MaxAttempts = 20;

    /// <summary>How long writes that go together wait for a lock: one that somebody forgot must not hold up who wants another.</summary>
    private static readonly TimeSpan LockPatience = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs the work in a transaction and commits it. The work may run several times; it must only touch its <see cref="Write"/>.</summary>
    /// <exception cref="RpcException">The work's own refusals, FEATURE_NOT_ENABLED, REQUEST_ID_REUSED, CONCURRENT_WRITE.</exception>
    public async Task<TReply> RunAsync<TReply>(
        Caller caller, WriteRequest request, Func<Write, Task<TReply>> work, CancellationToken cancellation)
        where TReply : class, IMessage<TReply>, new()
    {
        IdempotentReplies.Check(request.RequestId);
        if (request is not { Sharing: { } sharing, ValidateOnly: false, RequestId: "" } || caller.CompanyId is not { } company)
        {
            return await AloneAsync(caller, request, work, cancellation);
        }

        var convoy = convoys.Of(company);
        var own = new SharedWrite(caller, request, sharing, async write => await work(write));
        if (await convoy.JoinAsync(own) is { } together)
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

        if (own.Failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        return own.Reply as TReply ?? await AloneAsync(caller, request, work, cancellation);
    }

    /// <summary>Does a write by itself if it need not wait for another writer; null when it must, which is not to hold up who comes next.</summary>
    private async Task<TReply?> AtOnceAsync<TReply>(Caller caller, WriteRequest request, Func<Write, Task<TReply>> work, CancellationToken cancellation)
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

    private async Task<TReply> AloneAsync<TReply>(Caller caller, WriteRequest request, Func<Write, Task<TReply>> work, CancellationToken cancellation)
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
        failure is not RpcException && (failure is WriteRaced || StorageErrors.IsLostRace(failure) || StorageErrors.Duplicate(failure) is not null);

    private async Task<TReply> TryAsync<TReply>(
        Caller caller, WriteRequest request, Func<Write, Task<TReply>> work, int attempt, CancellationToken cancellation, bool withoutWaiting = false)
        where TReply : class, IMessage<TReply>, new()
    {
        var db = context.Value;
        db.ChangeTracker.Clear();
        using var turn = await turns.TakeAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var (company, seats) = ((Company?)null, (Seats?)null);
        if (caller.CompanyId is { } id)
        {
            seats = seatMemory.For(id, [request]);
            var ahead = request.Sharing is { } sharing ? Sharing.Ahead(settings.Provider, caller, withoutWaiting, sharing) : request.Ahead?.Invoke() ?? [];
            await Statements.RunAsync(db,
            [
                CompanyRows.Begin(settings.Provider, id, null, found => company = found),
                .. ahead,
                .. seats?.Ahead(id, SeatCandidates([request])) ?? [],
            ], cancellation);
            seatMemory.Remember(id, company?.SeatLimit, seats);
        }

        if (withoutWaiting && request.Sharing is { IsHeld: false })
        {
            throw new WriteRaced();
        }

        // Behind the locks: who waited for the same request's first coming finds its reply now.
        if (await replies.FindAsync<TReply>(db, caller, request, cancellation) is { } earlier)
        {
            return earlier;
        }

        Admit(caller, request, company);
        var write = new Write(db, settings.Provider, caller, company, attempt, Clock.Now(time), request.LogMethod ?? request.Method, isShared: false, cancellation) { Seats = seats };
        var reply = await work(write);
        await SaveAsync(write, transaction, request, reply, attempt, cancellation);
        return reply;
    }

    private async Task SaveAsync<TReply>(Write write, IDbContextTransaction transaction, WriteRequest request, TReply reply, int attempt, CancellationToken cancellation)
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
            var ends = settings.Provider == StorageProvider.Postgres && request is { ValidateOnly: false, RequestId: "" };
            await Statements.RunAsync(db, ends ? [.. write.End.Statements, new("COMMIT")] : write.End.Statements, cancellation);
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

        signal.Pulse(write.Caller.CompanyId);
    }

    /// <summary>
    /// Does several writes in one transaction, each by itself until its end. One that is refused leaves nothing of its own. Where the
    /// transaction fails, nothing is done, and each is left to be done alone; unless the database goes while it commits, which is each one's answer.
    /// It is nobody's own, so that no caller who gives up ends it for the others.
    /// </summary>
    private async Task TogetherAsync(IReadOnlyList<SharedWrite> together)
    {
        var (isEnding, isDone) = (false, false);
        try
        {
            var (db, caller, company) = (context.Value, together[0].Caller, (Company?)null);
            db.ChangeTracker.Clear();
            using var turn = await turns.TakeAsync(CancellationToken.None);
            await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
            var requests = together.Select(each => each.Request).ToList();
            var seats = seatMemory.For(caller.Company, requests);
            await Statements.RunAsync(db,
            [
                CompanyRows.Begin(settings.Provider, caller.Company, LockPatience, found => company = found),
                .. Sharing.Ahead(settings.Provider, caller, withoutWaiting: true, [.. together.Select(each => each.Sharing)]),
                .. seats?.Ahead(caller.Company, SeatCandidates(requests)) ?? [],
            ], CancellationToken.None);
            seatMemory.Remember(caller.Company, company?.SeatLimit, seats);
            var (end, now) = (new WriteEnd(), Clock.Now(time));

            // A row that is not there, or is another writer's at the moment, is asked for alone.
            foreach (var each in together.Where(each => each.Sharing.IsHeld))
            {
                try
                {
                    Admit(each.Caller, each.Request, company);
                    var write = new Write(db, settings.Provider, each.Caller, company, attempt: 1, now, each.Request.Method, isShared: true, CancellationToken.None) { Seats = seats };
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
            if (settings.Provider == StorageProvider.Postgres)
            {
                await Statements.RunAsync(db, [.. end.Statements, new("COMMIT")], CancellationToken.None);
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

    /// <summary>The teammates who take a seat if they are blocked; none where a request takes seats in any case.</summary>
    private static IReadOnlyCollection<string> SeatCandidates(IReadOnlyCollection<WriteRequest> requests)
    {
        var taking = requests.Where(request => request.TakesSeats).ToList();
        return taking.All(request => request.Sharing?.Lock is not null) ? [.. taking.Select(request => request.Sharing!.Lock!.Id)] : [];
    }

    /// <exception cref="RpcException">COMPANY_NOT_FOUND, FEATURE_NOT_ENABLED.</exception>
    private static void Admit(Caller caller, WriteRequest request, Company? company)
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
