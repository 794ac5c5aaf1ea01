using Provisioning.Contract;
using Provisioning.Storage;
using Provisioning.V1;

namespace Provisioning.Access;

/// <summary>
/// From a cookie's secret to who calls: one indexed read a call and no cache, so that every process refuses an ended
/// session at once.
/// </summary>
internal sealed class SessionDirectory(StorageConnections connections, Dialect dialect, WriteTurns turns, TimeProvider time)
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
        (string Company, string Id, string Teammate, DateTimeOffset LastUse)? known = null;
        await connections.RunAsync(
        [
            Statement.One(
                """
                SELECT s.company_id, s.id, s.teammate_id, s.last_use_time FROM sessions s
                JOIN teammates t ON t.company_id = s.company_id AND t.id = s.teammate_id
                WHERE s.secret_hash = $1 AND s.expire_time > $2 AND s.last_use_time > $3 AND t.company_admin AND t.state = $4
                """,
                row => known = (row.GetString(0), row.GetString(1), row.GetString(2), row.Time(3)),
                hash, dialect.Time(now), dialect.Time(unused), (int)Teammate.Types.State.Active),
        ], cancellation);
        var found = known ?? throw Failures.SessionEnded();
        if (now - found.LastUse > SessionTimes.Exactness)
        {
            await NoteUseAsync(found.Company, found.Id, now, cancellation);
        }

        return Caller.Admin(found.Company, found.Teammate, found.Id, AdminScopes);
    }

    private async Task NoteUseAsync(string company, string id, DateTimeOffset now, CancellationToken cancellation)
    {
        try
        {
            using var turn = await turns.TakeAsync(cancellation);
            await connections.RunAsync(
                [new("UPDATE sessions SET last_use_time = $3 WHERE company_id = $1 AND id = $2", company, id,
                    dialect.Time(now))], cancellation);
        }
        catch (Exception failure) when (StorageErrors.IsUnavailable(failure))
        {
            // The next call notes it.
        }
    }
}
