namespace Provisioning.Changes;

/// <summary>Wakes this process's watchers when it wrote something; other processes' writes are found by looking.</summary>
internal sealed class ChangeSignal
{
    private TaskCompletionSource _next = New();

    public void Pulse() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    /// <summary>Ends with the next pulse, counted from the moment this was asked for, or after a while.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
