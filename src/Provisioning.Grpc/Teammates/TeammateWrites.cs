using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Companies;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Groups;
using Provisioning.Log;
using Provisioning.Sessions;
using Provisioning.Storage;
using Provisioning.Templates;
using Provisioning.V1;
using Kind = Provisioning.V1.Change.Types.Kind;
using Outcome = Provisioning.V1.LogEntry.Types.Outcome;
using State = Provisioning.V1.Teammate.Types.State;

namespace Provisioning.Teammates;

/// <summary>Everything that changes teammates, except the state alone: <see cref="TeammateBlocking"/>.</summary>
internal sealed class TeammateWrites(Writes writes, CoreSettings settings)
{
    public Task<V1.Teammate> CreateAsync(Caller caller, CreateTeammateRequest request, CancellationToken cancellation)
    {
        var choice = new TemplateChoice(caller, request.Teammate?.Profile?.RolesJson ?? "");
        return writes.RunAsync(caller, new("CreateTeammate", request, request.ValidateOnly, request.RequestId) { Ahead = () => choice.Ahead(settings.Provider) }, async write =>
        {
            var given = request.Teammate ?? throw Failures.InvalidField("teammate", "teammate is required.");
            CheckAdminFlag(caller, given.CompanyAdmin);
            var teammate = NewRow(write, request.InitialState == State.Blocked ? State.Blocked : State.Active, given.CompanyAdmin);
            var content = TeammateContent.New(given.Profile ?? new());
            content.SetExternalId(caller.ConnectionId, given.ExternalId);
            content.Store(write, teammate);
            await TakeSeatAsync(write, teammate);
            var assigned = await choice.ApplyAsync(write, teammate);
            write.Finally(TeammateRows.Insert(write.Provider, teammate));
            var differences = Differences(write, [], teammate);
            write.Change(write.CompanyId, Kind.TeammateCreated, teammate.Id, teammate.Version, Names(differences));
            if (teammate.TemplateId is not null)
            {
                write.Change(write.CompanyId, Kind.TemplateAssigned, teammate.Id, teammate.Version);
            }

            write.Log(Outcome.Done, teammate.Id, PersonNames.Of(teammate), assigned.Warnings, differences);
            return Show(write, new(teammate, []), assigned);
        }, cancellation);
    }

    public Task<V1.Teammate> UpdateAsync(Caller caller, UpdateTeammateRequest request, CancellationToken cancellation)
    {
        var locked = new TeammateLock(settings.Provider, caller, request.Teammate?.Id ?? "");
        return writes.RunAsync(caller, new("UpdateTeammate", request, request.ValidateOnly, request.RequestId) { WithoutScim = request.Transition == State.Blocked, Ahead = locked.Ahead }, async write =>
        {
            var given = request.Teammate?.Clone() ?? throw Failures.InvalidField("teammate", "teammate is required, with the id of the one to update.");
            var paths = Masks.Paths(request.UpdateMask, given, "profile.*", "external_id", "company_admin");
            var teammate = locked.Shown.Row;
            ETag.Check(given.Etag, teammate.Version);
            var before = TeammateDifferences.Snapshot(teammate, caller.ConnectionId);
            var onlyBlocks = caller.IsProvider && !write.Company.ScimFeature;
            List<Warning> warnings = onlyBlocks && paths.Count > 0 ? [Warnings.Of(Warning.Types.Code.OnlyBlocked)] : [];
            var updated = !onlyBlocks && await ApplyAsync(write, teammate, given, paths, warnings);
            var moved = await TeammateBlocking.MoveAsync(write, teammate, request.Transition, warnings);
            Finish(write, teammate, updated ? before : null, moved, warnings);
            return locked.Shown.ToMessage(caller.ConnectionId, warnings);
        }, cancellation);
    }

    public Task<Empty> DeleteAsync(Caller caller, DeleteTeammateRequest request, CancellationToken cancellation)
    {
        var locked = new TeammateLock(settings.Provider, caller, request.Id);
        return writes.RunAsync(caller, new("DeleteTeammate", request, request.ValidateOnly, request.RequestId) { Ahead = locked.Ahead }, async write =>
        {
            var teammate = locked.Shown.Row;
            ETag.Check(request.Etag, teammate.Version);
            var warnings = await CompanyAdmins.LeaveAsync(write, teammate);
            TeammateContent.Of(teammate).Remove(write, teammate);
            await Memberships.LeaveAllAsync(write, teammate.Id);
            await TeammateSessions.EndAsync(write, teammate.Id);
            write.Finally(TeammateRows.Delete(teammate));
            Seats.Move(write, teammate.Id, teammate.State == State.Active ? -1 : 0, teammate.State == State.Blocked ? -1 : 0);
            write.Change(write.CompanyId, Kind.TeammateDeleted, teammate.Id, teammate.Version + 1);
            write.Log(Outcome.Done, teammate.Id, PersonNames.Of(teammate), warnings,
                TeammateDifferences.Between(TeammateDifferences.Snapshot(teammate, caller.ConnectionId), []));
            return new Empty();
        }, cancellation);
    }

    public Task<V1.Teammate> AssignTemplateAsync(Caller caller, AssignTemplateRequest request, CancellationToken cancellation)
    {
        var locked = new TeammateLock(settings.Provider, caller, request.Id);
        return writes.RunAsync(caller, new("AssignTemplate", request, request.ValidateOnly, request.RequestId) { Ahead = locked.Ahead }, async write =>
        {
            var teammate = locked.Shown.Row;
            ETag.Check(request.Etag, teammate.Version);
            if (!write.Company.TemplatesFeature)
            {
                throw Failures.FeatureNotEnabled(write.Company.DisplayName, "templates");
            }

            var template = (Folding.IsStorable(request.TemplateId)
                ? await write.Db.TeammateTemplates.AsNoTracking()
                    .SingleOrDefaultAsync(row => row.CompanyId == write.CompanyId && row.Id == request.TemplateId, write.Cancellation)
                : null)
                ?? throw Failures.TemplateNotFound(request.TemplateId);
            var before = TeammateDifferences.Snapshot(teammate, caller.ConnectionId);
            var assigned = await TemplateChoice.AssignAsync(write, teammate, template, TemplateAssignment.Types.Reason.ByHand, "");
            Touch(write, teammate);
            write.Change(write.CompanyId, Kind.TemplateAssigned, teammate.Id, teammate.Version);
            write.Log(Outcome.Done, teammate.Id, PersonNames.Of(teammate), assigned.Warnings, Differences(write, before, teammate));
            return Show(write, locked.Shown, assigned);
        }, cancellation);
    }

    /// <summary>The teammate of the write's company, locked.</summary>
    /// <exception cref="Grpc.Core.RpcException">TEAMMATE_NOT_FOUND, also for another company's id.</exception>
    public static async Task<Teammate> FindAsync(Write write, string id)
    {
        var locked = new TeammateLock(write.Provider, write.Caller, id);
        await write.RunAsync([.. locked.Ahead()]);
        return locked.Shown.Row;
    }

    /// <summary>Leaves an update's traces: a new version with its changes and log entry, or the note that it was so already.</summary>
    /// <param name="write">The write.</param>
    /// <param name="teammate">The teammate as it is now.</param>
    /// <param name="before">The teammate as it was; null when nothing but its state may have changed.</param>
    /// <param name="moved">How its state changed; null when it did not.</param>
    /// <param name="warnings">What the reply warns of.</param>
    public static void Finish(
        Write write, Teammate teammate, SortedDictionary<string, string>? before, Kind? moved, IReadOnlyList<Warning> warnings)
    {
        if (before is null && moved is null)
        {
            write.Log(Outcome.Unchanged, teammate.Id, PersonNames.Of(teammate), warnings);
            return;
        }

        Touch(write, teammate);
        var differences = before is null ? [TeammateDifferences.OfState(teammate)] : Differences(write, before, teammate);
        if (before is not null)
        {
            write.Change(write.CompanyId, Kind.TeammateUpdated, teammate.Id, teammate.Version, Names(differences).Where(name => name != TeammateDifferences.Active));
        }

        if (moved is { } kind)
        {
            write.Change(write.CompanyId, kind, teammate.Id, teammate.Version, TeammateDifferences.Active);
        }

        write.Log(Outcome.Done, teammate.Id, PersonNames.Of(teammate), warnings, differences);
    }

    private static async Task<bool> ApplyAsync(
        Write write, Teammate teammate, V1.Teammate given, IReadOnlyList<string> paths, List<Warning> warnings)
    {
        var stored = (teammate.Profile, teammate.ExternalIds, teammate.CompanyAdmin);
        var content = TeammateContent.Of(teammate);
        var roles = Roles.Values(content.Profile.RolesJson);
        var target = new V1.Teammate { Profile = content.Profile };
        foreach (var path in paths)
        {
            Masks.Copy(given, target, path);
        }

        content.Profile = target.Profile ?? new();
        if (paths.Contains("external_id"))
        {
            content.SetExternalId(write.Caller.ConnectionId, given.ExternalId);
        }

        if (paths.Contains("company_admin") && given.CompanyAdmin != teammate.CompanyAdmin)
        {
            CheckAdminFlag(write.Caller, true);
            warnings.AddRange(given.CompanyAdmin ? [] : await CompanyAdmins.LeaveAsync(write, teammate));
            await TeammateSessions.EndAsync(write, teammate.Id);
            teammate.CompanyAdmin = given.CompanyAdmin;
        }

        content.Store(write, teammate);
        if (!roles.SequenceEqual(Roles.Values(content.Profile.RolesJson)))
        {
            warnings.Add(Warnings.Of(Warning.Types.Code.TemplateKept));
        }

        return stored != (teammate.Profile, teammate.ExternalIds, teammate.CompanyAdmin);
    }

    private static Teammate NewRow(Write write, State state, bool admin) => new()
    {
        CompanyId = write.CompanyId,
        Id = write.NewId(ResourceIds.Teammate),
        UserName = "",
        UserNameFolded = "",
        State = state,
        Profile = "",
        Search = "",
        ExternalIds = "{}",
        CompanyAdmin = admin,
        Version = 1,
        CreateTime = write.Now,
        UpdateTime = write.Now,
        BlockTime = state == State.Blocked ? write.Now : null,
    };

    /// <summary>Takes the new teammate's seat. That the name is taken is the better answer when no seat is left either.</summary>
    private static async Task TakeSeatAsync(Write write, Teammate teammate)
    {
        var active = teammate.State == State.Active;
        if (active && write.Company.SeatLimit is not null
            && await write.Db.Teammates.AnyAsync(row => row.CompanyId == write.CompanyId && row.UserNameFolded == teammate.UserNameFolded, write.Cancellation))
        {
            throw Failures.UserNameTaken(teammate.UserName);
        }

        if (active)
        {
            await Seats.TakeAsync(write);
        }

        Seats.Move(write, teammate.Id, active ? 1 : 0, active ? 0 : 1);
    }

    private static void CheckAdminFlag(Caller caller, bool touched)
    {
        if (touched && !caller.IsOperator && !caller.IsCompanyAdmin)
        {
            throw Failures.FieldNotWritable("company_admin", "Only company admins, in the settings, and the operator of this service appoint company admins.");
        }
    }

    /// <summary>Gives a changed teammate its new version, and writes it at the end.</summary>
    private static void Touch(Write write, Teammate teammate)
    {
        teammate.Version++;
        teammate.UpdateTime = Clock.After(teammate.UpdateTime, write.Now);
        write.Finally(TeammateRows.Update(write.Provider, teammate));
    }

    /// <summary>The reply to a write that gave a template: where that moved the teammate between groups, these are read at its end.</summary>
    private static V1.Teammate Show(Write write, TeammateShown shown, TemplateAssigned assigned)
    {
        var message = shown.ToMessage(write.Caller.ConnectionId, assigned.Warnings);
        foreach (var move in assigned.Moves)
        {
            write.Finally(move);
        }

        if (assigned.Moves.Count > 0)
        {
            write.Finally(TeammateRows.ReadGroups(write.Provider, write.CompanyId, shown.Row.Id, groups =>
            {
                message.Groups.Clear();
                message.Groups.AddRange(groups);
            }));
        }

        return message;
    }

    private static IReadOnlyList<LogDifference> Differences(Write write, SortedDictionary<string, string> before, Teammate after) =>
        TeammateDifferences.Between(before, TeammateDifferences.Snapshot(after, write.Caller.ConnectionId));

    private static IEnumerable<string> Names(IReadOnlyList<LogDifference> differences) => differences.Select(difference => difference.Attribute);
}
