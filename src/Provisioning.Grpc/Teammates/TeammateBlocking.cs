using Provisioning.Access;
using Provisioning.Companies;
using Provisioning.Contract;
using Provisioning.V1;
using Provisioning.Writing;
using Kind = Provisioning.V1.Change.Types.Kind;
using State = Provisioning.V1.Teammate.Types.State;

namespace Provisioning.Teammates;

/// <summary>Takes access away and gives it back: idempotent, in one transaction with version, change and log entry.</summary>
internal sealed class TeammateBlocking(Writes writes)
{
    public Task<V1.Teammate> BlockAsync(Caller caller, BlockTeammateRequest request, CancellationToken cancellation) =>
        RunAsync(caller, new("BlockTeammate", request, request.ValidateOnly, request.RequestId) { WithoutScim = true },
            request.Id, request.Etag, State.Blocked, request.Form, cancellation);

    public Task<V1.Teammate> UnblockAsync(Caller caller, UnblockTeammateRequest request, CancellationToken cancellation) =>
        RunAsync(caller, new("UnblockTeammate", request, request.ValidateOnly, request.RequestId),
            request.Id, request.Etag, State.Active, request.Form, cancellation);

    /// <summary>Moves a teammate into a state; says which change that was, null when it was there already.</summary>
    public static async Task<Kind?> MoveAsync(Write write, Teammate teammate, State state, List<Warning> warnings)
    {
        if (state == State.Unspecified || state == teammate.State)
        {
            return null;
        }

        if (state == State.Blocked)
        {
            warnings.AddRange(teammate.CompanyAdmin ? await CompanyAdmins.LeaveAsync(write.Own(), teammate) : []);
            teammate.BlockTime = write.Now;
            Seats.Move(write, teammate.Id, -1, 1);
        }
        else
        {
            Seats.Take(write);
            teammate.BlockTime = null;
            TeammateValues.Remove(write, teammate, TeammateValues.OfBlock(teammate));
            Seats.Move(write, teammate.Id, 1, -1);
        }

        // Also when access is given back: what was signed in while a block was under way must not come to life then. Only
        // company admins sign in, and whoever stops being one is signed out.
        if (teammate.CompanyAdmin)
        {
            await TeammateSessions.EndAsync(write.Own(), teammate.Id);
        }

        teammate.State = state;
        TeammateValues.Add(write, teammate, TeammateValues.OfBlock(teammate));
        return state == State.Blocked ? Kind.TeammateBlocked : Kind.TeammateUnblocked;
    }

    private Task<V1.Teammate> RunAsync(
        Caller caller, WriteRequest request, string id, string etag, State state, TeammateForm form, CancellationToken cancellation)
    {
        var locked = new TeammateLock(id);
        request = request with { Preloads = [locked], SharingKey = id, TakesSeats = state == State.Active, SeatOf = id };
        return writes.ShareAsync(caller, request, async write =>
        {
            var teammate = locked.Shown.Row;
            ETag.Check(etag, teammate.Version);
            List<Warning> warnings = [];
            var moved = await MoveAsync(write, teammate, state, warnings);
            TeammateWrites.Finish(write, teammate, before: null, moved, warnings);
            return locked.Shown.ToMessage(caller.ConnectionId, form, warnings);
        }, cancellation);
    }
}
