using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Provisioning.Access;
using Provisioning.V1;

namespace Provisioning.Log;

/// <summary>The ProvisioningLog service.</summary>
internal sealed class LogRpc(LogOperations operations, LogWatch watch, LogErasure erasure) : ProvisioningLog.ProvisioningLogBase
{
    public override Task<ListLogEntriesResponse> ListLogEntries(ListLogEntriesRequest request, ServerCallContext context) =>
        operations.ListAsync(context.Caller(), request, context.CancellationToken);

    public override Task<CountLogEntriesResponse> CountLogEntries(CountLogEntriesRequest request, ServerCallContext context) =>
        operations.CountAsync(context.Caller(), request, context.CancellationToken);

    public override async Task WatchLogEntries(
        WatchLogEntriesRequest request, IServerStreamWriter<WatchLogEntriesResponse> responseStream, ServerCallContext context)
    {
        await foreach (var item in watch.WatchAsync(context.Caller(), request, context.CancellationToken))
        {
            await responseStream.WriteAsync(item, context.CancellationToken);
        }
    }

    public override Task<Empty> ReportRefusal(ReportRefusalRequest request, ServerCallContext context)
    {
        operations.Report(context.Caller(), request);
        return Task.FromResult(new Empty());
    }

    public override Task<EraseLogEntriesResponse> EraseLogEntries(EraseLogEntriesRequest request, ServerCallContext context) =>
        erasure.EraseAsync(context.Caller(), request, context.CancellationToken);
}
