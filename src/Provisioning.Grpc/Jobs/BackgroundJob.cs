namespace Provisioning.Jobs;

/// <summary>
/// Work that the process does again and again beside its calls. Whatever fails is logged and waited out: no fault of a database or of
/// anything else may end the process, nor the work.
/// </summary>
/// <param name="pause">How long to wait between two turns.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where faults go.</param>
internal abstract partial class BackgroundJob(TimeSpan pause, TimeProvider time, ILogger logger) : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>Does one turn of the work.</summary>
    protected abstract Task RunAsync(CancellationToken stopping);

    /// <summary>Ends the work when the process stops.</summary>
    protected virtual Task FinishAsync() => Task.CompletedTask;

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Not before the host has started: whatever a turn does first must not hold that up.
        await Task.Yield();
        for (var (wait, faults) = (pause, 0); await WaitAsync(wait, stoppingToken);)
        {
            try
            {
                await RunAsync(stoppingToken);
                (wait, faults) = (pause, 0);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                PutOff(GetType().Name, failure);
                wait = TimeSpan.FromTicks(
                    Math.Min(LongestPause.Ticks, Math.Max(pause.Ticks, TimeSpan.TicksPerSecond) << Math.Min(faults++, 10)));
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        try
        {
            await FinishAsync();
        }
        catch (Exception failure)
        {
            PutOff(GetType().Name, failure);
        }
    }

    private async Task<bool> WaitAsync(TimeSpan wait, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(wait, time, stopping);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{Job} was put off and is tried again")]
    private partial void PutOff(string job, Exception failure);
}
