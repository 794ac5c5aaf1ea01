using Grpc.Core;
using Provisioning.Client;
using Provisioning.V1;

namespace EndToEnd.Harness;

/// <summary>A watch under way.</summary>
public sealed class Watch : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly AsyncServerStreamingCall<WatchChangesResponse> _call;
    private Task<bool>? _next;

    private Watch(AsyncServerStreamingCall<WatchChangesResponse> call) => _call = call;

    public string Resume => _call.ResponseStream.Current.ResumeToken;

    public static async Task<Watch> BeginAsync(
        ProvisioningClient client, string resume = "", params IEnumerable<Change.Types.Kind> kinds)
    {
        var watch = new Watch(client.Teammates.WatchChanges(new() { ResumeToken = resume, Kinds = { kinds } }));
        Assert.True(await watch._call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Patience));
        Assert.Null(watch._call.ResponseStream.Current.Change);
        return watch;
    }

    public async Task<List<Change>> TakeAsync(int count)
    {
        var changes = new List<Change>();
        while (changes.Count < count)
        {
            Assert.True(await (_next ?? _call.ResponseStream.MoveNext(CancellationToken.None)).WaitAsync(Patience));
            _next = null;
            if (_call.ResponseStream.Current.Change is { } change)
            {
                changes.Add(change);
            }
        }

        return changes;
    }

    public async Task<bool> AnyWithinAsync(TimeSpan time)
    {
        _next ??= _call.ResponseStream.MoveNext(CancellationToken.None);
        return await Task.WhenAny(_next, Task.Delay(time)) == _next;
    }

    public ValueTask DisposeAsync()
    {
        _call.Dispose();
        return ValueTask.CompletedTask;
    }
}
