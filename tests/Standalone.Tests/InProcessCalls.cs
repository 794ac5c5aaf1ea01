using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Provisioning.V1;
using Standalone.InProcess;

namespace Standalone.Tests;

/// <summary>The join within one process behaves as a transport would.</summary>
public sealed class InProcessCalls : IAsyncDisposable
{
    private readonly Probe _probe = new();
    private readonly Lines _lines = new();
    private readonly ServiceProvider _services;
    private readonly TeammateProvisioning.TeammateProvisioningClient _client;

    public InProcessCalls()
    {
        var methods = new InProcessMethods();
        methods.Add<ProbeRpc>(binder => TeammateProvisioning.BindService(binder, null));
        var services = new ServiceCollection();
        services.AddSingleton(_probe).AddScoped<Scoped>().AddSingleton(methods).AddSingleton(TimeProvider.System).AddSingleton<Counting>();
        services.AddLogging(logging => logging.AddProvider(_lines));
        services.Configure<GrpcServiceOptions>(options =>
        {
            options.MaxReceiveMessageSize = 1_000;
            options.Interceptors.Add<Counting>();
        });
        services.AddSingleton<InProcessInvoker>();
        _services = services.BuildServiceProvider();
        _client = new(_services.GetRequiredService<InProcessInvoker>());
    }

    [Fact]
    public async Task a_deadline_already_past_fails_before_the_handler_is_asked()
    {
        Assert.Equal(StatusCode.DeadlineExceeded,
            await StatusAsync(_client.GetTeammateAsync(new(), deadline: DateTime.UtcNow.AddSeconds(-1)).ResponseAsync));
        Assert.Equal(0, _probe.Calls);
    }

    [Fact]
    public async Task a_deadline_and_a_cancellation_are_told_apart()
    {
        _probe.Handle = async (_, context) =>
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return new();
        };

        Assert.Equal(StatusCode.DeadlineExceeded,
            await StatusAsync(_client.GetTeammateAsync(new(), deadline: DateTime.UtcNow.AddMilliseconds(100)).ResponseAsync));
        using var giveUp = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        Assert.Equal(StatusCode.Cancelled,
            await StatusAsync(_client.GetTeammateAsync(
                new(), deadline: DateTime.UtcNow.AddSeconds(60), cancellationToken: giveUp.Token).ResponseAsync));
        using var call = _client.GetTeammateAsync(new());
        call.Dispose();
        Assert.Equal(StatusCode.Cancelled, await StatusAsync(call.ResponseAsync));
    }

    [Fact]
    public async Task the_scope_ends_when_the_handler_ends_not_when_the_caller_stops_waiting()
    {
        var (finish, ended) = (new TaskCompletionSource(), new TaskCompletionSource<bool>());
        _probe.Handle = async (own, _) =>
        {
            await finish.Task;
            ended.SetResult(own.IsDisposed);
            return new();
        };

        Assert.Equal(StatusCode.DeadlineExceeded,
            await StatusAsync(_client.GetTeammateAsync(new(), deadline: DateTime.UtcNow.AddMilliseconds(50)).ResponseAsync));
        finish.SetResult();

        Assert.False(await ended.Task);
    }

    [Fact]
    public async Task neither_side_can_change_what_the_other_holds()
    {
        var kept = new Teammate { Profile = new() { UserName = "kept" } };
        CreateTeammateRequest? seen = null;
        _probe.Create = request =>
        {
            seen = request;
            request.Teammate.Profile.UserName = "changed by the service";
            return kept;
        };
        var request = new CreateTeammateRequest { Teammate = new() { Profile = new() { UserName = "mine" } } };

        var reply = await _client.CreateTeammateAsync(request);
        reply.Profile.UserName = "changed by the caller";

        Assert.Equal(("mine", "kept"), (request.Teammate.Profile.UserName, kept.Profile.UserName));
        Assert.NotSame(request, seen);
    }

    [Fact]
    public async Task trailers_of_the_failure_and_of_the_context_arrive_together()
    {
        _probe.Handle = (_, context) =>
        {
            context.ResponseTrailers.Add("from", "context");
            throw new RpcException(new(StatusCode.NotFound, "gone"), new Metadata { { "also", "failure" } });
        };

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await _client.GetTeammateAsync(new()));

        Assert.Equal((StatusCode.NotFound, "gone"), (failure.StatusCode, failure.Status.Detail));
        Assert.Equal(("context", "failure"), (failure.Trailers.GetValue("from"), failure.Trailers.GetValue("also")));
    }

    [Fact]
    public async Task what_a_handler_throws_is_logged_and_does_not_leak()
    {
        _probe.Handle = (_, _) => throw new InvalidOperationException("secret insides");

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await _client.GetTeammateAsync(new()));

        Assert.Equal(StatusCode.Unknown, failure.StatusCode);
        Assert.DoesNotContain("secret", failure.Status.Detail, StringComparison.Ordinal);
        Assert.Contains("secret insides", Assert.Single(_lines.All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_message_over_the_limit_is_refused_as_the_transport_would()
    {
        var large = new CreateTeammateRequest { Teammate = new() { Profile = new() { Title = new string('x', 2_000) } } };

        Assert.Equal(StatusCode.ResourceExhausted, await StatusAsync(_client.CreateTeammateAsync(large).ResponseAsync));
        Assert.Equal(0, _probe.Calls);
    }

    [Fact]
    public async Task the_servers_interceptors_see_every_call_with_its_headers()
    {
        await _client.GetTeammateAsync(new(), new Metadata { { "authorization", "Bearer x" } });
        using var watch = _client.WatchChanges(new());
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal(["/provisioning.v1.TeammateProvisioning/GetTeammate Bearer x", "/provisioning.v1.TeammateProvisioning/WatchChanges "],
            _services.GetRequiredService<Counting>().Seen);
    }

    [Fact]
    public async Task a_stream_ends_with_its_handler_and_stops_it_when_the_caller_goes()
    {
        using (var watch = _client.WatchChanges(new() { ResumeToken = "3" }))
        {
            var got = new List<string>();
            while (await watch.ResponseStream.MoveNext(CancellationToken.None))
            {
                got.Add(watch.ResponseStream.Current.ResumeToken);
            }

            Assert.Equal(["0", "1", "2"], got);
        }

        using (var endless = _client.WatchChanges(new() { ResumeToken = "1000000000" }))
        {
            Assert.True(await endless.ResponseStream.MoveNext(CancellationToken.None));
        }

        Assert.True(await _probe.StreamStopped.Task.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static async Task<StatusCode> StatusAsync(Task call) => (await Assert.ThrowsAsync<RpcException>(() => call)).StatusCode;
}

internal sealed class Probe
{
    private int _calls;

    public int Calls => _calls;

    public Func<Scoped, ServerCallContext, Task<Teammate>> Handle { get; set; } = (_, _) => Task.FromResult(new Teammate());

    public Func<CreateTeammateRequest, Teammate> Create { get; set; } = _ => new();

    public TaskCompletionSource<bool> StreamStopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Count() => Interlocked.Increment(ref _calls);
}

internal sealed class Scoped : IDisposable
{
    public bool IsDisposed { get; private set; }

    public void Dispose() => IsDisposed = true;
}

internal sealed class ProbeRpc(Probe probe, Scoped scoped) : TeammateProvisioning.TeammateProvisioningBase
{
    public override Task<Teammate> GetTeammate(GetTeammateRequest request, ServerCallContext context)
    {
        probe.Count();
        return probe.Handle(scoped, context);
    }

    public override Task<Teammate> CreateTeammate(CreateTeammateRequest request, ServerCallContext context)
    {
        probe.Count();
        return Task.FromResult(probe.Create(request));
    }

    public override async Task WatchChanges(
        WatchChangesRequest request, IServerStreamWriter<WatchChangesResponse> responseStream, ServerCallContext context)
    {
        var count = request.ResumeToken.Length == 0 ? 1 : int.Parse(request.ResumeToken, System.Globalization.CultureInfo.InvariantCulture);
        try
        {
            for (var number = 0; number < count; number++)
            {
                await responseStream.WriteAsync(new() { ResumeToken = $"{number}" });
            }
        }
        catch (OperationCanceledException)
        {
            probe.StreamStopped.TrySetResult(true);
            throw;
        }
    }
}

internal sealed class Counting : Interceptor
{
    public List<string> Seen { get; } = [];

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        Seen.Add($"{context.Method} {context.RequestHeaders.GetValue("authorization")}");
        return continuation(request, context);
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Seen.Add($"{context.Method} {context.RequestHeaders.GetValue("authorization")}");
        return continuation(request, responseStream, context);
    }
}

internal sealed class Lines : ILoggerProvider, ILogger
{
    public List<string> All { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        All.Add($"{formatter(state, exception)} {exception}");

    public void Dispose()
    {
    }
}
