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
internal sealed class TeammateWrites(Writes writes, Memberships memberships)
{
    public async Task<V1.Teammate> CreateAsync(Caller caller, CreateTeammateRequest request, CancellationToken cancellation) =>
        await memberships.ShowWrittenAsync(caller, await writes.RunAsync(caller, new("CreateTeammate", request, request.ValidateOnly, request.RequestId), async write =>
        {
            var given = request.Teammate ?? throw Failures.InvalidField("teammate", "teammate is required.");
            CheckAdminFlag(caller, given.CompanyAdmin);
            var teammate = NewRow(write, request.InitialState == State.Blocked ? State.Blocked : State.Active, given.CompanyAdmin);
            var content = TeammateContent.New(given.Profile ?? new());
            content.SetExternalId(caller.ConnectionId, given.ExternalId);
            await content.StoreAsync(write, teammate);
            await TakeSeatAsync(write, teammate);
            var warnings = await TemplateChoice.ApplyByRolesAsync(write, teammate, content.Profile.RolesJson);
            write.Db.Add(teammate);
            var differences = Differences(write, [], teammate);
            write.Change(write.CompanyId, Kind.TeammateCreated, teammate.Id, teammate.Version, Names(differences));
            if (teammate.TemplateId is not null)
            {
                write.Change(write.CompanyId, Kind.TemplateAssigned, teammate.Id, teammate.Version);
            }

            write.Log(Outcome.Done, teammate.Id, PersonNames.Of(teammate), warnings, differences);
            return teammate.ToMessage(caller.ConnectionId, warnings);
        }, cancellation), cancellation);

    public async Task<V1.Teammate> UpdateAsync(Caller caller, UpdateTeammateRequest request, CancellationToken cancellation) =>
        await memberships.ShowWrittenAsync(caller, await writes.RunAsync(caller, new("UpdateTeammate", request, request.ValidateOnly, request.RequestId) { WithoutScim = request.Transition == State.Blocked }, async write =>
        {
            var given = request.Teammate?.Clone() ?? throw Failures.InvalidField("teammate", "teammate is required, with the id of the one to update.");
            var paths = Masks.Paths(request.UpdateMask, given, "profile.*", "external_id", "company_admin");
            var teammate = await FindAsync(write, given.Id);
            ETag.Check(given.Etag, teammate.Version);
            var before = TeammateDifferences.Snapshot(teammate, caller.ConnectionId);
            var onlyBlocks = caller.IsProvider && !write.Company.ScimFeature;
            List<Warning> warnings = onlyBlocks && paths.Count > 0 ? [Warnings.Of(Warning.Types.Code.OnlyBlocked)] : [];
            var updated = !onlyBlocks && await ApplyAsync(write, teammate, given, paths, warnings);
            var moved = await TeammateBlocking.MoveAsync(write, teammate, request.Transition, warnings);
            Finish(write, teammate, updated, moved, before, warnings);
            return teammate.ToMessage(caller.ConnectionId, warnings);
        }, cancellation), cancellation);

    public Task<Empty> DeleteAsync(Caller caller, DeleteTeammateRequest request, CancellationToken cancellation) =>
        writes.RunAsync(caller, new("DeleteTeammate", request, request.ValidateOnly, request.RequestId), async write =>
        {
            var teammate = await FindAsync(write, request.Id);
            ETag.Check(request.Etag, teammate.Version);
            var warnings = await CompanyAdmins.LeaveAsync(write, teammate);
            await TeammateContent.Of(teammate).RemoveAsync(write, teammate);
            await Memberships.LeaveAllAsync(write, teammate.Id);
            await TeammateSessions.EndAsync(write, teammate.Id);
            write.Db.Remove(teammate);
            Seats.Move(write, teammate.State == State.Active ? -1 : 0, teammate.State == State.Blocked ? -1 : 0);
            write.Change(write.CompanyId, Kind.TeammateDeleted, teammate.Id, teammate.Version + 1);
            write.Log(Outcome.Done, teammate.Id, PersonNames.Of(teammate), warnings,
                TeammateDifferences.Between(TeammateDifferences.Snapshot(teammate, caller.ConnectionId), []));
            return new Empty();
        }, cancellation);

    public async Task<V1.Teammate> AssignTemplateAsync(Caller caller, AssignTemplateRequest request, CancellationToken cancellation) =>
        await memberships.ShowWrittenAsync(caller, await writes.RunAsync(caller, new("AssignTemplate", request, request.ValidateOnly, request.RequestId), async write =>
        {
            var teammate = await FindAsync(write, request.Id);
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
            var warnings = await TemplateChoice.AssignAsync(write, teammate, template, TemplateAssignment.Types.Reason.ByHand, "");
            Touch(write, teammate);
            write.Change(write.CompanyId, Kind.TemplateAssigned, teammate.Id, teammate.Version);
            write.Log(Outcome.Done, teammate.Id, PersonNames.Of(teammate), warnings, Differences(write, before, teammate));
            return teammate.ToMessage(caller.ConnectionId, warnings);
        }, cancellation), cancellation);

    /// <summary>The teammate of the write's company, to be changed.</summary>
    /// <exception cref="Grpc.Core.RpcException">TEAMMATE_NOT_FOUND, also for another company's id.</exception>
    public static async Task<Teammate> FindAsync(Write write, string id) =>
        (Folding.IsStorable(id)
            ? await write.Db.Teammates.SingleOrDefaultAsync(row => row.CompanyId == write.CompanyId && row.Id == id, write.Cancellation)
            : null)
        ?? throw Failures.TeammateNotFound(id);

    /// <summary>Leaves an update's traces: a new version with its changes and log entry, or the note that it was so already.</summary>
    public static void Finish(
        Write write, Teammate teammate, bool updated, Kind? moved, SortedDictionary<string, string> before, IReadOnlyList<Warning> warnings)
    {
        if (!updated && moved is null)
        {
            write.Log(Outcome.Unchanged, teammate.Id, PersonNames.Of(teammate), warnings);
            return;
        }

        Touch(write, teammate);
        var differences = Differences(write, before, teammate);
        if (updated)
        {
            write.Change(write.CompanyId, Kind.TeammateUpdated, teammate.Id, teammate.Version, Names(differences).Where(name => name != "active"));
        }

        if (moved is { } kind)
        {
            write.Change(write.CompanyId, kind, teammate.Id, teammate.Version, "active");
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

        await content.StoreAsync(write, teammate);
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

        Seats.Move(write, active ? 1 : 0, active ? 0 : 1);
    }

    private static void CheckAdminFlag(Caller caller, bool touched)
    {
        if (touched && !caller.IsOperator && !caller.IsCompanyAdmin)
        {
            throw Failures.FieldNotWritable("company_admin", "Only company admins, in the settings, and the operator of this service appoint company admins.");
        }
    }

    private static void Touch(Write write, Teammate teammate)
    {
        teammate.Version++;
        teammate.UpdateTime = Clock.After(teammate.UpdateTime, write.Now);
    }

    private static IReadOnlyList<LogDifference> Differences(Write write, SortedDictionary<string, string> before, Teammate after) =>
        TeammateDifferences.Between(before, TeammateDifferences.Snapshot(after, write.Caller.ConnectionId));

    private static IEnumerable<string> Names(IReadOnlyList<LogDifference> differences) => differences.Select(difference => difference.Attribute);
}
