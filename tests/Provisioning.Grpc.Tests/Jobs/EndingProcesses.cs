using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Provisioning.Jobs;

namespace Provisioning.Tests.Jobs;

public sealed class EndingProcesses
{
    [Fact]
    public async Task a_process_that_a_fault_ends_says_so_by_its_exit_code() =>
        Assert.Equal(ExitCode.Fault, await RunAsync(services => services.AddHostedService<Faulty>()));

    [Fact]
    public async Task a_process_that_is_told_to_stop_has_succeeded() =>
        Assert.Equal(ExitCode.Success, await RunAsync(services => services.AddHostedService<Stopping>()));

    private static async Task<int> RunAsync(Action<IServiceCollection> add)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        add(builder.Services);
        using var host = builder.Build();
        return await host.RunToExitCodeAsync();
    }

    private sealed class Faulty : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            throw new InvalidOperationException("A fault.");
        }
    }

    private sealed class Stopping(IHostApplicationLifetime lifetime) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            lifetime.StopApplication();
        }
    }
}
