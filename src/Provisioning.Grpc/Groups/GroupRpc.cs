using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Provisioning.Access;
using Provisioning.V1;

namespace Provisioning.Groups;

/// <summary>The TeammateGroups service: wire in, one call, wire out.</summary>
internal sealed class GroupRpc(GroupReads reads, GroupWrites writes) : TeammateGroups.TeammateGroupsBase
{
    public override Task<V1.TeammateGroup> CreateTeammateGroup(CreateTeammateGroupRequest request, ServerCallContext context) =>
        writes.CreateAsync(context.Caller(), request, context.CancellationToken);

    public override Task<V1.TeammateGroup> GetTeammateGroup(GetTeammateGroupRequest request, ServerCallContext context) =>
        reads.GetAsync(context.Caller(), request.Id, context.CancellationToken);

    public override Task<ListTeammateGroupsResponse> ListTeammateGroups(ListTeammateGroupsRequest request, ServerCallContext context) =>
        reads.ListAsync(context.Caller(), request, context.CancellationToken);

    public override Task<V1.TeammateGroup> ModifyTeammateGroup(ModifyTeammateGroupRequest request, ServerCallContext context) =>
        writes.ModifyAsync(context.Caller(), request, context.CancellationToken);

    public override Task<Empty> DeleteTeammateGroup(DeleteTeammateGroupRequest request, ServerCallContext context) =>
        writes.DeleteAsync(context.Caller(), request, context.CancellationToken);

    public override Task<ListTeammateGroupMembersResponse> ListTeammateGroupMembers(
        ListTeammateGroupMembersRequest request, ServerCallContext context) =>
        reads.ListMembersAsync(context.Caller(), request, context.CancellationToken);

    public override async Task StreamTeammateGroupMembers(
        StreamTeammateGroupMembersRequest request, IServerStreamWriter<StreamTeammateGroupMembersResponse> responseStream,
            ServerCallContext context)
    {
        await foreach (var some in reads.StreamMembersAsync(context.Caller(), request, context.CancellationToken))
        {
            await responseStream.WriteAsync(some, context.CancellationToken);
        }
    }
}
