using Google.Protobuf.WellKnownTypes;
using Provisioning.Access;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Storage;
using Provisioning.V1;
using Kind = Provisioning.V1.Change.Types.Kind;
using Outcome = Provisioning.V1.LogEntry.Types.Outcome;
using Step = Provisioning.V1.GroupStep.KindOneofCase;

namespace Provisioning.Groups;

/// <summary>
/// Everything that changes groups. A write locks the group's row first, so that any number of writers of one group lose
/// nothing, and only who was overtaken while it waited starts over (<see cref="Sql.IsOvertaken"/>).
/// </summary>
internal sealed class GroupWrites(Writes writes, CoreSettings settings, TimeProvider time)
{
    private const int MaxSteps = 1_000, QuickMembers = 100;

    public Task<V1.TeammateGroup> CreateAsync(Caller caller, CreateTeammateGroupRequest request, CancellationToken cancellation)
    {
        var name = request.TeammateGroup?.DisplayName ?? "";
        var locked = new GroupLock(settings.Provider, caller, "display_name_folded", Folding.IsStorable(name) ? Folding.Fold(name) : "");
        return writes.RunAsync(caller, new("CreateTeammateGroup", request, request.ValidateOnly, request.RequestId) { Ahead = locked.Ahead }, async write =>
        {
            var given = request.TeammateGroup ?? throw Failures.InvalidField("teammate_group", "teammate_group is required.");
            GroupRules.CheckName(given.DisplayName);
            if (locked.Group is { } present)
            {
                return await TakeOverAsync(write, present, locked.ExternalId, given, request.MemberIds);
            }

            var group = NewRow(write, given.DisplayName);
            await write.RunAsync(GroupRows.Insert(write.Provider, group));
            var edit = GroupEdit.OfNew(write, group);
            edit.SetExternalId(given.ExternalId);
            edit.Members.Add(request.MemberIds);
            return await edit.FinishAsync();
        }, cancellation);
    }

    public Task<V1.TeammateGroup> ModifyAsync(Caller caller, ModifyTeammateGroupRequest request, CancellationToken cancellation)
    {
        if (request.Steps.Count > MaxSteps)
        {
            throw Failures.InvalidField("steps", $"steps has more than {MaxSteps} entries. Send fewer in a request.");
        }

        var (locked, members) = (ById(caller, request.Id), (GroupMembership?)null);
        var isQuick = request.RequestId.Length == 0 && Folding.IsStorable(request.Id) && request.Steps.All(step => step.KindCase is not (Step.ReplaceMembers or Step.RemoveMatching)
            && (step.AddMembers ?? step.RemoveMembers)?.TeammateIds_.Count is null or <= QuickMembers);
        return writes.RunAsync(caller, new("ModifyTeammateGroup", request, request.ValidateOnly, request.RequestId) { Ahead = Ahead }, async write =>
        {
            var group = locked.Group ?? throw Failures.GroupNotFound(request.Id);
            ETag.Check(request.Etag, group.Version);
            var edit = await GroupEdit.OfPresentAsync(write, group, locked.ExternalId, members);
            foreach (var step in request.Steps)
            {
                Apply(edit, step);
            }

            return await edit.FinishAsync();
        }, cancellation);

        // Few members move behind the lock and in its round trip; whoever may not move them, or comes with an old etag, takes it all back.
        IEnumerable<Statement> Ahead()
        {
            members = new(settings.Provider, caller, request.Id, Clock.Now(time));
            foreach (var step in request.Steps)
            {
                Apply(members, step);
            }

            return [.. locked.Ahead(), .. isQuick ? members.HandOut() : []];
        }
    }

    public Task<Empty> DeleteAsync(Caller caller, DeleteTeammateGroupRequest request, CancellationToken cancellation)
    {
        var locked = ById(caller, request.Id);
        return writes.RunAsync(caller, new("DeleteTeammateGroup", request, request.ValidateOnly, request.RequestId) { Ahead = locked.Ahead }, async write =>
        {
            var group = locked.Group ?? throw Failures.GroupNotFound(request.Id);
            ETag.Check(request.Etag, group.Version);
            await GroupRules.AdmitAsync(write, group);
            write.Finally(GroupRows.Delete(group));
            write.Change(write.CompanyId, Kind.GroupDeleted, group.Id, group.Version + 1);
            write.Log(Outcome.Done, group.Id, group.DisplayName);
            return new Empty();
        }, cancellation);
    }

    private GroupLock ById(Caller caller, string id) =>
        new(settings.Provider, caller, "id", id);

    private static async Task<V1.TeammateGroup> TakeOverAsync(
        Write write, TeammateGroup present, string? externalId, V1.TeammateGroup given, IReadOnlyCollection<string> members)
    {
        if (!write.Caller.IsProvider || present.ManagedBy is not null || write.Company.GroupTakeover == GroupTakeover.Refuse)
        {
            throw Failures.GroupNameTaken(given.DisplayName, present.ManagedBy is not null);
        }

        var edit = await GroupEdit.OfPresentAsync(write, present, externalId);
        edit.Rename(given.DisplayName);
        if (given.ExternalId.Length > 0)
        {
            edit.SetExternalId(given.ExternalId);
        }

        edit.Members.Add(members);
        return await edit.FinishAsync();
    }

    private static void Apply(GroupEdit edit, GroupStep step)
    {
        switch (step.KindCase)
        {
            case Step.Rename:
                GroupRules.CheckName(step.Rename);
                edit.Rename(step.Rename);
                break;
            case Step.SetExternalId:
                edit.SetExternalId(step.SetExternalId);
                break;
            case Step.None:
                throw Failures.InvalidField("steps", "A step says nothing. Set one of rename, set_external_id, add_members, remove_members, remove_matching and replace_members.");
        }
    }

    private static void Apply(GroupMembership members, GroupStep step)
    {
        switch (step.KindCase)
        {
            case Step.AddMembers:
                members.Add(step.AddMembers.TeammateIds_);
                break;
            case Step.RemoveMembers:
                members.Remove(step.RemoveMembers.TeammateIds_);
                break;
            case Step.RemoveMatching:
                members.Remove(step.RemoveMatching);
                break;
            case Step.ReplaceMembers:
                members.Replace(step.ReplaceMembers.TeammateIds_);
                break;
        }
    }

    private static TeammateGroup NewRow(Write write, string name) => new()
    {
        CompanyId = write.CompanyId,
        Id = write.NewId(ResourceIds.Group),
        DisplayName = name,
        DisplayNameFolded = Folding.Fold(name),
        ManagedBy = write.Caller.IsProvider ? write.Caller.ConnectionId : null,
        Version = 1,
        CreateTime = write.Now,
        UpdateTime = write.Now,
    };
}

/// <summary>The one group that a write is about: read and locked as the write begins.</summary>
internal sealed class GroupLock(StorageProvider provider, Caller caller, string column, string value)
{
    private TeammateGroup? _group;
    private bool _isOvertaken;

    /// <summary>The group; null when there is none.</summary>
    /// <exception cref="WriteRaced">A later transaction has written it.</exception>
    public TeammateGroup? Group => _isOvertaken ? throw new WriteRaced() : _group;

    /// <summary>The id by which the caller's connection knows it; null for none.</summary>
    public string? ExternalId { get; private set; }

    /// <summary>What a write runs ahead, at each attempt.</summary>
    public IEnumerable<Statement> Ahead()
    {
        (_group, _isOvertaken, ExternalId) = (null, false, null);
        return !Folding.IsStorable(value) ? [] :
        [
            GroupRows.Lock(provider, caller, column, value, group => _group = group),
            GroupRows.BehindLock(provider, caller, column, value, (externalId, isOvertaken) => (ExternalId, _isOvertaken) = (externalId, isOvertaken)),
        ];
    }
}
