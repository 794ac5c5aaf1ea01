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
/// nothing and none starts over.
/// </summary>
internal sealed class GroupWrites(Writes writes)
{
    private const int MaxSteps = 1_000;

    public Task<V1.TeammateGroup> CreateAsync(Caller caller, CreateTeammateGroupRequest request, CancellationToken cancellation) =>
        writes.RunAsync(caller, new("CreateTeammateGroup", request, request.ValidateOnly, request.RequestId), async write =>
        {
            var given = request.TeammateGroup ?? throw Failures.InvalidField("teammate_group", "teammate_group is required.");
            GroupRules.CheckName(given.DisplayName);
            if (await GroupRows.FindByNameAsync(write, given.DisplayName) is { } present)
            {
                return await TakeOverAsync(write, present, given, request.MemberIds);
            }

            var group = NewRow(write, given.DisplayName);
            write.Db.Add(group);
            await write.Db.SaveChangesAsync(write.Cancellation);
            var edit = await GroupEdit.BeginAsync(write, group, isNew: true);
            edit.SetExternalId(given.ExternalId);
            await edit.Members.AddAsync(request.MemberIds);
            return edit.Finish();
        }, cancellation);

    public Task<V1.TeammateGroup> ModifyAsync(Caller caller, ModifyTeammateGroupRequest request, CancellationToken cancellation) =>
        writes.RunAsync(caller, new("ModifyTeammateGroup", request, request.ValidateOnly, request.RequestId), async write =>
        {
            if (request.Steps.Count > MaxSteps)
            {
                throw Failures.InvalidField("steps", $"steps has more than {MaxSteps} entries. Send fewer in a request.");
            }

            var group = await GroupRows.FindAsync(write, request.Id);
            ETag.Check(request.Etag, group.Version);
            await GroupRules.AdmitAsync(write, group);
            var edit = await GroupEdit.BeginAsync(write, group, isNew: false);
            foreach (var step in request.Steps)
            {
                await ApplyAsync(edit, step);
            }

            return edit.Finish();
        }, cancellation);

    public Task<Empty> DeleteAsync(Caller caller, DeleteTeammateGroupRequest request, CancellationToken cancellation) =>
        writes.RunAsync(caller, new("DeleteTeammateGroup", request, request.ValidateOnly, request.RequestId), async write =>
        {
            var group = await GroupRows.FindAsync(write, request.Id);
            ETag.Check(request.Etag, group.Version);
            await GroupRules.AdmitAsync(write, group);
            write.Db.Remove(group);
            write.Change(write.CompanyId, Kind.GroupDeleted, group.Id, group.Version + 1);
            write.Log(Outcome.Done, group.Id, group.DisplayName);
            return new Empty();
        }, cancellation);

    private static async Task<V1.TeammateGroup> TakeOverAsync(Write write, TeammateGroup present, V1.TeammateGroup given, IEnumerable<string> members)
    {
        if (!write.Caller.IsProvider || present.ManagedBy is not null || write.Company.GroupTakeover == GroupTakeover.Refuse)
        {
            throw Failures.GroupNameTaken(given.DisplayName, present.ManagedBy is not null);
        }

        await GroupRules.AdmitAsync(write, present);
        var edit = await GroupEdit.BeginAsync(write, present, isNew: false);
        edit.Rename(given.DisplayName);
        if (given.ExternalId.Length > 0)
        {
            edit.SetExternalId(given.ExternalId);
        }

        await edit.Members.AddAsync(members);
        return edit.Finish();
    }

    private static Task ApplyAsync(GroupEdit edit, GroupStep step)
    {
        switch (step.KindCase)
        {
            case Step.Rename:
                GroupRules.CheckName(step.Rename);
                edit.Rename(step.Rename);
                return Task.CompletedTask;
            case Step.SetExternalId:
                edit.SetExternalId(step.SetExternalId);
                return Task.CompletedTask;
            case Step.AddMembers:
                return edit.Members.AddAsync(step.AddMembers.TeammateIds_);
            case Step.RemoveMembers:
                return edit.Members.RemoveAsync(step.RemoveMembers.TeammateIds_);
            case Step.RemoveMatching:
                return edit.Members.RemoveAsync(step.RemoveMatching);
            case Step.ReplaceMembers:
                return edit.Members.ReplaceAsync(step.ReplaceMembers.TeammateIds_);
            default:
                throw Failures.InvalidField("steps", "A step says nothing. Set one of rename, set_external_id, add_members, remove_members, remove_matching and replace_members.");
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
