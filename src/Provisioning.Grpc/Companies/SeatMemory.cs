using System.Collections.Concurrent;
using Provisioning.Storage;

namespace Provisioning.Companies;

/// <summary>
/// Remembers, for each company with a seat limit, if few seats were left when this process last looked. So a write knows before it starts
/// whether it must count seats, and whether it must do so alone. If the memory is wrong, the write finds the truth, corrects the memory
/// and starts over.
/// </summary>
internal sealed class SeatMemory(CoreSettings settings)
{
    private readonly ConcurrentDictionary<string, bool> _areFew = new(StringComparer.Ordinal);

    /// <summary>
    /// The seats for writes of one company to count before they start; null where they take none, or the company had no limit.
    /// </summary>
    /// <param name="company">The company.</param>
    /// <param name="requests">The writes, which share a transaction.</param>
    public Seats? For(string company, IReadOnlyCollection<WriteRequest> requests) =>
        requests.Any(request => request.TakesSeats) && _areFew.TryGetValue(company, out var areFew)
            ? new(settings.Provider, alone: areFew || requests.Any(request => request is { TakesSeats: true, Sharing: null }))
            : null;

    /// <summary>Remembers what writes have just read.</summary>
    /// <param name="company">The company.</param>
    /// <param name="limit">Its seat limit; null for none.</param>
    /// <param name="seats">The seats that they counted; null where they counted none.</param>
    public void Remember(string company, long? limit, Seats? seats)
    {
        if (limit is not { } most)
        {
            _areFew.TryRemove(company, out _);
        }
        else if (seats?.AreFew(most) is { } areFew)
        {
            _areFew[company] = areFew;
        }
        else
        {
            _areFew.TryAdd(company, false);
        }
    }
}
