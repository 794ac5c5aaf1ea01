using Google.Protobuf.WellKnownTypes;
using Provisioning.Access;
using Provisioning.Connections;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Storage;
using Provisioning.V1;
using Provisioning.Writing;
using Kind = Provisioning.V1.Change.Types.Kind;
using Outcome = Provisioning.V1.LogEntry.Types.Outcome;
using Step = Provisioning.V1.GroupStep.KindOneofCase;

namespace Provisioning.Groups;

/// <summary>
/// Everything that changes groups. A write locks the group's row first, so that any number of writers of one group lose
/// nothing, and only who was overtaken while it waited starts over (<see cref="Dialect.IsOvertaken"/>).
/// </summary>
internal sealed class GroupWrites(Writes writes, UnknownNameMemory names)
{
    private const int MaxSteps = 1_000;

    public async Task<V1.TeammateGroup> CreateAsync(Caller caller, CreateTeammateGroupRequest request, CancellationToken cancellation)
    {
        var (name, unknown) = (request.TeammateGroup?.DisplayName ?? "", UnknownIn(caller, request.IgnoredAttributes));
        var locked = new GroupLock(caller, GroupLock.ByName, Folding.IsStorable(name) ? Folding.Fold(name) : "");
        var made = await writes.RunAsync(caller, new("CreateTeammateGroup", request, request.ValidateOnly, request.RequestId)
        {
            Preloads = [locked, unknown],
        }, async write =>
        {
            var given = request.TeammateGroup ?? throw Failures.InvalidField("teammate_group", "teammate_group is required.");
            GroupRules.CheckName(given.DisplayName);
            if (locked.Group is { } present)
            {
                return await TakeOverAsync(write, present, locked, given, request.MemberIds, unknown);
            }

            var group = NewRow(write, given.DisplayName);
            await write.RunAsync(GroupRows.Insert(write.Dialect, group));
            var edit = GroupEdit.OfNew(write, group);
            edit.SetExternalId(given.ExternalId);
            return await edit.FinishAsync(Joining(write, group, request.MemberIds), unknown);
        }, cancellation);
        return Remembered(made, unknown, request.ValidateOnly);
    }

    public async Task<V1.TeammateGroup> ModifyAsync(Caller caller, ModifyTeammateGroupRequest request, CancellationToken cancellation)
    {
        if (request.Steps.Count > MaxSteps)
        {
            throw Failures.InvalidField("steps", $"steps has more than {MaxSteps} entries. Send fewer in a request.");
        }

        var (locked, few, unknown) = (new GroupLock(caller, GroupLock.ById, request.Id), FewMembers.Of(request.Id, request.Steps),
            UnknownIn(caller, request.IgnoredAttributes));
        var modify = new WriteRequest("ModifyTeammateGroup", request, request.ValidateOnly, request.RequestId);
        var modified = await writes.ShareAsync(caller, few is null
            ? modify with { Preloads = [locked, unknown] }
            : modify with { Preloads = [locked, few, unknown], SharingKey = request.Id }, async write =>
        {
            var group = locked.Group ?? throw Failures.GroupNotFound(request.Id);
            ETag.Check(request.Etag, group.Version);
            var edit = GroupEdit.OfPresent(write, group, locked);
            foreach (var step in request.Steps)
            {
                Apply(edit, step);
            }

            return await edit.FinishAsync(few as IMemberMoves ?? ByStatements(write, group, request.Steps), unknown);
        }, cancellation);
        return Remembered(modified, unknown, request.ValidateOnly);
    }

    public Task<Empty> DeleteAsync(Caller caller, DeleteTeammateGroupRequest request, CancellationToken cancellation)
    {
        var locked = new GroupLock(caller, GroupLock.ById, request.Id);
        return writes.RunAsync(caller, new("DeleteTeammateGroup", request, request.ValidateOnly, request.RequestId) { Preloads = [locked] },
            async write =>
        {
            var group = locked.Group ?? throw Failures.GroupNotFound(request.Id);
            ETag.Check(request.Etag, group.Version);
            GroupRules.Admit(write, group, locked.ManagerName);
            write.Finally(GroupRows.Delete(group));
            write.Change(write.CompanyId, Kind.GroupDeleted, group.Id, group.Version + 1);
            write.Log(Outcome.Done, group.Id, group.DisplayName);
            return new Empty();
        }, cancellation);
    }

    private static async Task<V1.TeammateGroup> TakeOverAsync(
        Write write, TeammateGroup present, GroupLock locked, V1.TeammateGroup given, IReadOnlyCollection<string> members,
            UnknownNames unknown)
    {
        if (!write.Caller.IsProvider || present.ManagedBy is not null || write.Company.GroupTakeover == GroupTakeover.Refuse)
        {
            throw Failures.GroupNameTaken(given.DisplayName, present.ManagedBy is not null);
        }

        var edit = GroupEdit.OfPresent(write, present, locked);
        edit.Rename(given.DisplayName);
        if (given.ExternalId.Length > 0)
        {
            edit.SetExternalId(given.ExternalId);
        }

        return await edit.FinishAsync(Joining(write, present, members), unknown);
    }

    /// <summary>The names that a front end passed over, told apart from those of teammates.</summary>
    private UnknownNames UnknownIn(Caller caller, IEnumerable<string> ignored) =>
        new(names, caller, ignored.Select(name => $"Group.{name}"));

    private static V1.TeammateGroup Remembered(V1.TeammateGroup group, UnknownNames unknown, bool isPreview)
    {
        if (!isPreview)
        {
            unknown.Remember();
        }

        return group;
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
                throw Failures.InvalidField("steps",
                    "A step says nothing. Set one of rename, set_external_id, add_members, remove_members, remove_matching and "
                        + "replace_members.");
        }
    }

    private static GroupMembership Joining(Write write, TeammateGroup group, IReadOnlyCollection<string> members)
    {
        var joining = new GroupMembership(write.Dialect, write.Caller, group.Id, write.Now);
        joining.Add(members);
        return joining;
    }

    private static GroupMembership ByStatements(Write write, TeammateGroup group, IEnumerable<GroupStep> steps)
    {
        var members = new GroupMembership(write.Dialect, write.Caller, group.Id, write.Now);
        foreach (var step in steps)
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

        return members;
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
