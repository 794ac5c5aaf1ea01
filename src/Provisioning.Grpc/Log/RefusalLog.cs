using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Caching.Memory;
using Provisioning.Access;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Storage;
using Provisioning.V1;

namespace Provisioning.Log;

/// <summary>
/// Tells the company's log what was refused, in a transaction of its own, since the refused one leaves nothing. What a
/// provider asks to find out whether somebody exists is no refusal.
/// </summary>
internal sealed partial class RefusalLog(StorageConnections connections, CoreSettings settings, WriteTurns turns, TimeProvider time, ILogger<RefusalLog> logger) : IDisposable
{
    private const int MaxDetail = 2_000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly MemoryCache _dead = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    /// <summary>Logs a failed call of a known caller; never fails itself.</summary>
    public async Task WriteAsync(RpcException failure, object request, ServerCallContext context)
    {
        var reason = Failures.ReasonOf(failure);
        var method = context.Method[(context.Method.LastIndexOf('/') + 1)..];
        if (Caller.Find(context) is not { CompanyId: not null } caller || reason is ErrorReason.Unspecified or ErrorReason.StorageUnavailable
            || (failure.StatusCode == StatusCode.NotFound && method.StartsWith("Get", StringComparison.Ordinal)))
        {
            return;
        }

        if (reason is ErrorReason.TokenRevoked or ErrorReason.TokenExpired && !IsDue(caller.TokenId))
        {
            return;
        }

        await WriteAsync(caller, method, reason, failure.Status.Detail, ResourceIdOf(request as IMessage));
    }

    /// <summary>Whether a token that does not work any more is told of again: whoever keeps trying it must not keep the database busy.</summary>
    private bool IsDue(string tokenId)
    {
        var due = false;
        _dead.GetOrCreate(tokenId, entry =>
        {
            (due, entry.AbsoluteExpirationRelativeToNow, entry.Size) = (true, Pause, 1);
            return true;
        });
        return due;
    }

    public void Dispose() => _dead.Dispose();

    /// <summary>Logs a refusal; never fails itself.</summary>
    public Task WriteAsync(Caller caller, string method, ErrorReason reason, string detail, string resourceId) =>
        WriteAsync(method, [EntryOf(caller, method, reason, detail, resourceId)]);

    /// <summary>Logs refusals of new resources, all in one go; never fails itself.</summary>
    public Task WriteAsync(Caller caller, string method, IReadOnlyList<(ErrorReason Reason, string Detail)> refused) =>
        refused.Count == 0 ? Task.CompletedTask : WriteAsync(method, [.. refused.Select(each => EntryOf(caller, method, each.Reason, each.Detail, ""))]);

    private LogRow EntryOf(Caller caller, string method, ErrorReason reason, string detail, string resourceId)
    {
        var now = Clock.Now(time);
        var shortened = detail.Length <= MaxDetail ? detail : detail[..MaxDetail];
        return new()
        {
            CompanyId = caller.Company,
            Id = ResourceIds.New(ResourceIds.LogEntry, now),
            Time = now,
            LastTime = now,
            Count = 1,
            ActorKind = caller.Kind,
            ActorTokenId = caller.TokenId,
            ActorName = caller.Name,
            ActorConnectionId = caller.ConnectionId,
            Method = method,
            Outcome = LogEntry.Types.Outcome.Refused,
            Reason = reason,
            ResourceId = Folding.IsStorable(resourceId) && resourceId.Length <= 100 ? resourceId : "",
            Kinds = "",
            Warnings = "",
            Personal = JsonSerializer.Serialize(new("", shortened.Replace("\0", "", StringComparison.Ordinal), []), LogJson.Default.LogPersonal),
            RepeatKey = Write.RepeatKeyOf(caller, method, LogEntry.Types.Outcome.Refused, resourceId, $"{reason} {shortened}"),
        };
    }

    private async Task WriteAsync(string method, IReadOnlyList<LogRow> entries)
    {
        try
        {
            using var turn = await turns.TakeAsync(CancellationToken.None);
            await connections.RunAsync([.. entries.SelectMany(entry => LogRows.CountOrInsert(settings.Provider, entry))], CancellationToken.None);
        }
        catch (Exception failure)
        {
            NotWritten(method, entries[0].Reason, failure);
        }
    }

    /// <summary>The resource a request names: its `id`, or that of the resource inside.</summary>
    private static string ResourceIdOf(IMessage? request)
    {
        foreach (var field in request?.Descriptor.Fields.InDeclarationOrder() ?? [])
        {
            switch (field.Accessor.GetValue(request))
            {
                case string id when field.Name == "id":
                    return id;
                case IMessage inner when inner.Descriptor.FindFieldByName("id") is { } innerId:
                    return (string)innerId.Accessor.GetValue(inner);
            }
        }

        return "";
    }

    [LoggerMessage(1, LogLevel.Error, "The refusal of {Method} ({Reason}) could not be logged")]
    private partial void NotWritten(string method, ErrorReason reason, Exception failure);
}
