namespace Provisioning.Jobs;

/// <summary>What a process says of its own end.</summary>
public static class ExitCode
{
    /// <summary>The process did what it was asked to.</summary>
    public const int Success = 0;

    /// <summary>A part of the process failed, and the process ended for it. Whoever watches over it starts it again.</summary>
    public const int Fault = 1;

    /// <summary>A setting is wrong. Starting again does not help before it is set right.</summary>
    public const int WrongSetting = 2;

    /// <summary>Runs a host until it is told to stop, or until one of its background services fails.</summary>
    /// <returns><see cref="Fault"/> where a background service failed, else <see cref="Success"/>.</returns>
    public static async Task<int> RunToExitCodeAsync(this IHost host)
    {
        await host.StartAsync();
        return await host.WaitForExitCodeAsync();
    }

    /// <summary>Waits until a host that runs is told to stop, or until one of its background services fails.</summary>
    /// <returns><see cref="Fault"/> where a background service failed, else <see cref="Success"/>.</returns>
    public static async Task<int> WaitForExitCodeAsync(this IHost host)
    {
        await host.WaitForShutdownAsync();
        return host.Services.GetServices<IHostedService>().OfType<BackgroundService>()
            .Any(service => service.ExecuteTask is { IsFaulted: true })
            ? Fault
            : Success;
    }
}
