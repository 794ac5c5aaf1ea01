using Grpc.Core;
using Provisioning.Access;
using Provisioning.V1;

namespace Provisioning.Connections;

/// <summary>The Connections service.</summary>
internal sealed class ConnectionRpc(ConnectionOperations operations) : V1.Connections.ConnectionsBase
{
    public override Task<V1.Connection> GetConnection(GetConnectionRequest request, ServerCallContext context) =>
        operations.GetAsync(context.Caller(), request.Id, context.CancellationToken);

    public override Task<ListConnectionsResponse> ListConnections(ListConnectionsRequest request, ServerCallContext context) =>
        operations.ListAsync(context.Caller(), request, context.CancellationToken);

    public override Task<V1.Connection> UpdateConnection(UpdateConnectionRequest request, ServerCallContext context) =>
        operations.UpdateAsync(context.Caller(), request, context.CancellationToken);
}
