using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Contract;
using Provisioning.Storage;
using Provisioning.V1;

namespace Provisioning.Sessions;

/// <summary>
/// From a cookie's secret to who calls: one indexed read a call and no cache, so that every process refuses an ended
/// session at once.
/// </summary>
internal sealed class SessionDirectory(IServiceScopeFactory scopes, WriteTurns turns, TimeProvider time)
{
    /// <summary>What a company admin may do in the pages: all that a token of the company may, except what only a provider's may.</summary>
    private static readonly Scope[] AdminScopes =
    [
        Scope.TeammatesRead, Scope.TeammatesWrite, Scope.GroupsRead, Scope.GroupsWrite, Scope.TemplatesRead, Scope.TemplatesWrite,
        Scope.TokensAdmin, Scope.LogRead, Scope.ChangesRead,
    ];

    /// <summary>Who a session's secret stands for.</summary>
    /// <exception cref="Grpc.Core.RpcException">SESSION_ENDED.</exception>
    public async Task<Caller> FindAsync(string secret, CancellationToken cancellation)
    {
        var hash = SessionSecret.Hash(secret) ?? throw Failures.SessionEnded();
        var now = Clock.Now(time);
        var unused = now - SessionTimes.Idle;
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ProvisioningDb>();
        var found = await (
            from session in db.Sessions
            where session.SecretHash == hash && session.ExpireTime > now && session.LastUseTime > unused
            join teammate in db.Teammates on new { session.CompanyId, Id = session.TeammateId } equals new { teammate.CompanyId, teammate.Id }
            where teammate.CompanyAdmin && teammate.State == Teammate.Types.State.Active
            select new { session.CompanyId, session.Id, session.TeammateId, session.LastUseTime })
            .AsNoTracking().SingleOrDefaultAsync(cancellation) ?? throw Failures.SessionEnded();
        if (now - found.LastUseTime > SessionTimes.Exactness)
        {
            await NoteUseAsync(db, found.CompanyId, found.Id, now, cancellation);
        }

        return Caller.Admin(found.CompanyId, found.TeammateId, found.Id, AdminScopes);
    }

    private async Task NoteUseAsync(ProvisioningDb db, string company, string id, DateTimeOffset now, CancellationToken cancellation)
    {
        try
        {
            using var turn = await turns.TakeAsync(cancellation);
            await db.Sessions.Where(row => row.CompanyId == company && row.Id == id)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.LastUseTime, now), cancellation);
        }
        catch (Exception failure) when (StorageErrors.IsUnavailable(failure))
        {
            // The next call notes it.
        }
    }
}
