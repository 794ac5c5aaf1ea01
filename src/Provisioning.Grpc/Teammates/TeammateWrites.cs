using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Companies;
using Provisioning.Connections;
using Provisioning.Contract;
using Provisioning.Groups;
using Provisioning.Storage;
using Provisioning.Templates;
using Provisioning.V1;
using Provisioning.Writing;
using Kind = Provisioning.V1.Change.Types.Kind;
using Outcome = Provisioning.V1.LogEntry.Types.Outcome;
using State = Provisioning.V1.Teammate.Types.State;
using TeammateTemplate = Provisioning.Templates.TeammateTemplate;

namespace Provisioning.Teammates;

/// <summary>
/// Everything that changes teammates, except the state alone: <see cref="TeammateBlocking"/>. New ones are
/// <see cref="TeammateCreation"/>'s.
/// </summary>
internal sealed class TeammateWrites(Writes writes, UnknownNameMemory names, FirstTeammates first)
{
    private const string Manager = "profile.enterprise.manager";

    public async Task<V1.Teammate> UpdateAsync(Caller caller, UpdateTeammateRequest request, CancellationToken cancellation)
    {
        var profile = new GivenProfile(request.Teammate);
        var (locked, unknown) = (
            new TeammateLock(request.Teammate?.Id ?? ""), new UnknownNames(names, caller, profile.UnknownNames));
        var updated = await writes.ShareAsync(caller, new("UpdateTeammate", request, request.ValidateOnly, request.RequestId)
        {
            WithoutScim = request.Transition == State.Blocked,
            Preloads = [locked, unknown],
            SharingKey = locked.Id,
            TakesSeats = request.Transition == State.Active,
            SeatOf = locked.Id,
        }, async write =>
        {
            var given = request.Teammate ?? throw Failures.InvalidField(
                "teammate", "teammate is required, with the id of the one to update.");
            var paths = Masks.Paths(request.UpdateMask, given, "profile.*", "profile_json", "external_id", "company_admin");
            var teammate = locked.Shown.Row;
            ETag.Check(given.Etag, teammate.Version);
            var before = TeammateSnapshot.Of(teammate, caller.ConnectionId);
            var onlyBlocks = caller.IsProvider && !write.Company.ScimFeature;
            List<Warning> warnings = onlyBlocks && paths.Count > 0 ? [Warnings.Of(Warning.Types.Code.OnlyBlocked)] : [];
            var hasChanged = !onlyBlocks && await ApplyAsync(write, teammate, given, profile, paths, warnings);
            var moved = await TeammateBlocking.MoveAsync(write, teammate, request.Transition, warnings);
            if (request.UpdateMask is not { Paths.Count: > 0 })
            {
                CheckState(given.State, teammate.State, "Call BlockTeammate or UnblockTeammate, or give transition, to change it.");
            }

            if (hasChanged && unknown.Warn(write, null, areKept: true) is { } warning)
            {
                warnings.Add(warning);
            }

            Finish(write, teammate, hasChanged ? before : null, moved, warnings);
            return locked.Shown.ToMessage(caller.ConnectionId, request.Form, warnings);
        }, cancellation);
        if (!request.ValidateOnly)
        {
            unknown.Remember();
            if (request.UpdateMask?.Paths.Contains("external_id") == true)
            {
                first.Remember(caller);
            }
        }

        return updated;
    }

    public Task<Empty> DeleteAsync(Caller caller, DeleteTeammateRequest request, CancellationToken cancellation)
    {
        var locked = new TeammateLock(request.Id);
        return writes.RunAsync(caller, new("DeleteTeammate", request, request.ValidateOnly, request.RequestId)
        {
            Preloads = [new GroupsOfTeammate(request.Id), locked],
        }, async write =>
        {
            var teammate = locked.Shown.Row;
            ETag.Check(request.Etag, teammate.Version);
            var warnings = await CompanyAdmins.LeaveAsync(write, teammate);
            TeammateContent.Remove(write, teammate);
            await Memberships.LeaveAllAsync(write, teammate.Id);
            await TeammateSessions.EndAsync(write, teammate.Id);
            write.Edit(TeammateRows.Delete.On(write.Dialect), teammate);
            Seats.Move(write, teammate.Id, teammate.State == State.Active ? -1 : 0, teammate.State == State.Blocked ? -1 : 0);
            write.Change(write.CompanyId, Kind.TeammateDeleted, teammate.Id, teammate.Version + 1);
            write.Log(Outcome.Done, teammate.Id, PersonNames.Of(teammate.Profile, teammate.UserName), warnings,
                TeammateDifferences.Between(TeammateSnapshot.Of(teammate, caller.ConnectionId), null));
            return new Empty();
        }, cancellation);
    }

    public Task<V1.Teammate> AssignTemplateAsync(Caller caller, AssignTemplateRequest request, CancellationToken cancellation)
    {
        var locked = new TeammateLock(request.Id);
        return writes.RunAsync(caller, new("AssignTemplate", request, request.ValidateOnly, request.RequestId) { Preloads = [locked] },
            async write =>
        {
            var teammate = locked.Shown.Row;
            ETag.Check(request.Etag, teammate.Version);
            if (!write.Company.TemplatesFeature)
            {
                throw Failures.FeatureNotEnabled(write.Company.DisplayName, "templates");
            }

            var template = await write.Db.Set<TeammateTemplate>().AsNoTracking()
                .SingleOrDefaultAsync(row => row.CompanyId == write.CompanyId && row.Id == request.TemplateId, write.Cancellation)
                ?? throw Failures.UnknownReference("template_id", "teammate template", request.TemplateId);
            var before = TeammateSnapshot.Of(teammate, caller.ConnectionId);
            var assigned = await TemplateChoice.AssignAsync(write, teammate, template, TemplateAssignment.Types.Reason.ByHand, "");
            Touch(write, teammate, TeammateRows.Update(teammate));
            write.Change(write.CompanyId, Kind.TemplateAssigned, teammate.Id, teammate.Version);
            write.Log(Outcome.Done, teammate.Id, PersonNames.Of(teammate.Profile, teammate.UserName), assigned.Warnings,
                Differences(write, before, teammate));
            return Show(write, locked.Shown, TeammateForm.Unspecified, assigned);
        }, cancellation);
    }

    /// <summary>The teammate of the write's company, locked.</summary>
    /// <exception cref="Grpc.Core.RpcException">TEAMMATE_NOT_FOUND, also for another company's id.</exception>
    public static async Task<Teammate> FindAsync(OwnWrite write, string id)
    {
        var locked = new TeammateLock(id);
        await write.RunAsync([.. locked.Read(new(write.Dialect, write.Caller, SkipLocked: false), [locked])]);
        return locked.Shown.Row;
    }

    /// <summary>Leaves an update's traces: a new version with its changes and log entry, or the note that it was so already.</summary>
    /// <param name="write">The write.</param>
    /// <param name="teammate">The teammate as it is now.</param>
    /// <param name="before">The teammate as it was; null when nothing but its state may have changed.</param>
    /// <param name="moved">How its state changed; null when it did not.</param>
    /// <param name="warnings">What the reply warns of.</param>
    public static void Finish(
        Write write, Teammate teammate, TeammateSnapshot? before, Kind? moved, IReadOnlyList<Warning> warnings)
    {
        if (before is null && moved is null)
        {
            write.Log(Outcome.Unchanged, teammate.Id, PersonNames.Of(teammate.Profile, teammate.UserName), warnings);
            return;
        }

        Touch(write, teammate, before is null ? TeammateRows.UpdateState : TeammateRows.Update(teammate));
        var differences = before is null ? [TeammateDifferences.OfState(teammate)] : Differences(write, before, teammate);
        if (before is not null)
        {
            write.Change(write.CompanyId, Kind.TeammateUpdated, teammate.Id, teammate.Version,
                Names(differences).Where(name => name != TeammateDifferences.Active));
        }

        if (moved is { } kind)
        {
            write.Change(write.CompanyId, kind, teammate.Id, teammate.Version, TeammateDifferences.Active);
        }

        write.Log(Outcome.Done, teammate.Id, PersonNames.Of(teammate.Profile, teammate.UserName), warnings, differences);
    }

    private async Task<bool> ApplyAsync(
        Write write, Teammate teammate, V1.Teammate given, GivenProfile profile, IReadOnlyList<string> paths, List<Warning> warnings)
    {
        var stored = (teammate.Profile, teammate.ExternalIds, teammate.CompanyAdmin);
        var content = TeammateContent.Of(teammate);
        if (paths.Any(path => path.StartsWith("profile", StringComparison.Ordinal)))
        {
            content.Profile = paths.Contains("profile") || paths.Contains("profile_json")
                ? profile.Check(stored.Profile)
                : Merge(teammate, given, paths);
        }

        if (paths.Contains("external_id"))
        {
            content.SetExternalId(write.Caller.ConnectionId, given.ExternalId);
            first.Note(write, teammate.Id);
        }

        if (paths.Contains("company_admin") && given.CompanyAdmin != teammate.CompanyAdmin)
        {
            CheckAdminFlag(write.Caller, true);
            warnings.AddRange(given.CompanyAdmin ? [] : await CompanyAdmins.LeaveAsync(write.Own(), teammate));
            await TeammateSessions.EndAsync(write.Own(), teammate.Id);
            teammate.CompanyAdmin = given.CompanyAdmin;
        }

        content.Store(write, teammate);
        warnings.AddRange(WarnOfRoles(stored.Profile, teammate.Profile));
        return stored != (teammate.Profile, teammate.ExternalIds, teammate.CompanyAdmin);
    }

    /// <summary>The stored profile with the fields that an update gives.</summary>
    private static ProfileDocument Merge(Teammate teammate, V1.Teammate given, IReadOnlyList<string> paths)
    {
        if (given.ContentCase == V1.Teammate.ContentOneofCase.ProfileJson)
        {
            throw Failures.InvalidField(
                "update_mask", "update_mask names fields of profile, but profile_json is given. Name profile_json, or give profile.");
        }

        var target = new V1.Teammate { Profile = TeammateContent.ReadProfile(teammate) };
        foreach (var path in paths.Where(path => path.StartsWith("profile.", StringComparison.Ordinal)))
        {
            Masks.Copy(given, target, path);
        }

        if (paths.Any(path => path.StartsWith(Manager, StringComparison.Ordinal)))
        {
            ForgetManager(target.Profile, TeammateContent.ReadManager(teammate.Profile), paths);
        }

        var before = Parsed(teammate.Profile);
        var rolesStay = !paths.Contains("profile.roles");
        if (rolesStay)
        {
            target.Profile.Roles.Clear();
        }

        var json = ProfileRules.Open(target.Profile);
        if (rolesStay)
        {
            // As they came, texts or objects.
            json["roles"] = before["roles"]?.DeepClone();
        }

        return ProfileDocument.Of(json, StoredExtensions.Of(before));
    }

    /// <summary>
    /// Takes the name and the address of the former manager away where the manager alone was changed (RFC 7643 section 8.7.1: displayName
    /// is the service's to tell).
    /// </summary>
    private static void ForgetManager(Profile profile, string before, IReadOnlyList<string> paths)
    {
        if (profile.Enterprise?.Manager is { } manager && before.Length > 0 && manager.Value != before
            && paths.Contains($"{Manager}.value"))
        {
            manager.DisplayName = paths.Contains($"{Manager}.display_name") ? manager.DisplayName : "";
            manager.Ref = paths.Contains($"{Manager}.ref") ? manager.Ref : "";
        }
    }

    /// <summary>Refuses a caller who may not say who administers the company.</summary>
    public static void CheckAdminFlag(Caller caller, bool touched)
    {
        if (touched && !caller.IsOperator && !caller.IsCompanyAdmin)
        {
            throw Failures.FieldNotWritable(
                "company_admin", "Only company admins, in the settings, and the operator of this service appoint company admins.");
        }
    }

    /// <summary>Refuses a request that says a state which its teammate does not have: it may be meant as a block.</summary>
    public static void CheckState(State said, State state, string remedy)
    {
        if (said != State.Unspecified && said != state)
        {
            throw Failures.InvalidField(
                "teammate.state", $"teammate.state is read only, and the teammate is not {said.ToString().ToUpperInvariant()}. {remedy}");
        }
    }

    /// <summary>The warning that a template stays though the roles in a profile changed; none where they did not.</summary>
    public static IEnumerable<Warning> WarnOfRoles(string before, string after) =>
        before != after && !Roles.Values(Parsed(before)).SequenceEqual(Roles.Values(Parsed(after)))
            ? [Warnings.Of(Warning.Types.Code.TemplateKept)]
            : [];

    private static JsonObject Parsed(string profile) => (JsonObject)JsonNode.Parse(profile)!;

    /// <summary>Gives a changed teammate its new version, and writes it at the end.</summary>
    private static void Touch(Write write, Teammate teammate, OnEngines<RowEdits<Teammate>> update)
    {
        teammate.Version++;
        teammate.UpdateTime = Clock.After(teammate.UpdateTime, write.Now);
        write.Edit(update.On(write.Dialect), teammate);
    }

    /// <summary>
    /// The reply to a write that gave a template: where that moved the teammate between groups, these are read at its end.
    /// </summary>
    public static V1.Teammate Show(Write write, TeammateShown shown, TeammateForm form, TemplateAssigned assigned)
    {
        var message = shown.ToMessage(write.Caller.ConnectionId, form, assigned.Warnings);
        foreach (var move in assigned.Moves)
        {
            write.Finally(move);
        }

        if (assigned.Moves.Count > 0)
        {
            write.Finally(TeammateRows.ReadGroups(write.Dialect, write.CompanyId, 1, shown.Row.Id, (_, groups, _) =>
            {
                message.Groups.Clear();
                message.Groups.AddRange(groups);
            }));
        }

        return message;
    }

    public static IReadOnlyList<LogDifference> Differences(Write write, TeammateSnapshot? before, Teammate after) =>
        TeammateDifferences.Between(before, TeammateSnapshot.Of(after, write.Caller.ConnectionId));

    public static IEnumerable<string> Names(IReadOnlyList<LogDifference> differences) =>
        differences.Select(difference => difference.Attribute);
}
