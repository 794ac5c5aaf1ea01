using System.Collections.Concurrent;

namespace Provisioning.Changes;

/// <summary>
/// Wakes this process's watchers of a company when something was written there, and nobody else's. Other processes' writes are found by
/// looking.
/// </summary>
internal sealed class ChangeSignal
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _byCompany = new(StringComparer.Ordinal);
    private TaskCompletionSource _any = New();

    /// <summary>Tells that something was written.</summary>
    /// <param name="company">The company; null where a write belongs to none, so that everybody looks.</param>
    public void Pulse(string? company)
    {
        Interlocked.Exchange(ref _any, New()).TrySetResult();
        foreach (var woken in company is null ? _byCompany.Keys : [company])
        {
            if (_byCompany.TryRemove(woken, out var waiting))
            {
                waiting.TrySetResult();
            }
        }
    }

    /// <summary>Ends with the next write of a company, or of any company for null, counted from the moment this was asked for.</summary>
    public Task Next(string? company) => company is null ? Volatile.Read(ref _any).Task : _byCompany.GetOrAdd(company, _ => New()).Task;

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
