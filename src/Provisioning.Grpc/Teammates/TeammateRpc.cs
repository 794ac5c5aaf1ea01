using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Provisioning.Access;
using Provisioning.Changes;
using Provisioning.V1;

namespace Provisioning.Teammates;

/// <summary>The TeammateProvisioning service: wire in, one call, wire out.</summary>
internal sealed class TeammateRpc(TeammateReads reads, TeammateSearch search, TeammateCreation creation, TeammateWrites writes,
    TeammateModification modification, TeammateBlocking blocking, ChangeFeed feed)
    : TeammateProvisioning.TeammateProvisioningBase
{
    public override Task<V1.Teammate> CreateTeammate(CreateTeammateRequest request, ServerCallContext context) =>
        creation.CreateAsync(context.Caller(), request, context.CancellationToken);

    public override Task<BatchCreateTeammatesResponse> BatchCreateTeammates(
        BatchCreateTeammatesRequest request, ServerCallContext context) =>
        creation.BatchCreateAsync(context.Caller(), request, context.CancellationToken);

    public override Task<V1.Teammate> GetTeammate(GetTeammateRequest request, ServerCallContext context) =>
        reads.GetAsync(context.Caller(), request, context.CancellationToken);

    public override Task<BatchGetTeammatesResponse> BatchGetTeammates(BatchGetTeammatesRequest request, ServerCallContext context) =>
        reads.BatchGetAsync(context.Caller(), request, context.CancellationToken);

    public override Task<ListTeammatesResponse> ListTeammates(ListTeammatesRequest request, ServerCallContext context) =>
        reads.ListAsync(context.Caller(), request, context.CancellationToken);

    public override Task<SearchTeammatesResponse> SearchTeammates(SearchTeammatesRequest request, ServerCallContext context) =>
        search.FindAsync(context.Caller(), request, context.CancellationToken);

    public override Task<V1.Teammate> UpdateTeammate(UpdateTeammateRequest request, ServerCallContext context) =>
        writes.UpdateAsync(context.Caller(), request, context.CancellationToken);

    public override Task<V1.Teammate> ModifyTeammate(ModifyTeammateRequest request, ServerCallContext context) =>
        modification.ModifyAsync(context.Caller(), request, context.CancellationToken);

    public override Task<V1.Teammate> BlockTeammate(BlockTeammateRequest request, ServerCallContext context) =>
        blocking.BlockAsync(context.Caller(), request, context.CancellationToken);

    public override Task<V1.Teammate> UnblockTeammate(UnblockTeammateRequest request, ServerCallContext context) =>
        blocking.UnblockAsync(context.Caller(), request, context.CancellationToken);

    public override Task<Empty> DeleteTeammate(DeleteTeammateRequest request, ServerCallContext context) =>
        writes.DeleteAsync(context.Caller(), request, context.CancellationToken);

    public override Task<V1.Teammate> AssignTemplate(AssignTemplateRequest request, ServerCallContext context) =>
        writes.AssignTemplateAsync(context.Caller(), request, context.CancellationToken);

    public override async Task WatchChanges(
        WatchChangesRequest request, IServerStreamWriter<WatchChangesResponse> responseStream, ServerCallContext context)
    {
        await foreach (var item in feed.WatchAsync(context.Caller(), request, context.CancellationToken))
        {
            await responseStream.WriteAsync(item, context.CancellationToken);
        }
    }
}
