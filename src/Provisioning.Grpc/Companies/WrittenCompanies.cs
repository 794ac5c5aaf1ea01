using System.Collections.Concurrent;
using Provisioning.Storage;
using Provisioning.V1;
using Provisioning.Writing;

namespace Provisioning.Companies;

/// <summary>
/// Companies as their writes find them, and what this process last read about their seats. That decides what a write counts before it
/// starts. A write that finds it outdated starts over, after what it found is remembered.
/// </summary>
internal sealed class WrittenCompanies(Dialect dialect) : IWrittenCompanies
{
    private readonly ConcurrentDictionary<string, bool> _areSeatsFew = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Statement Begin(string company, TimeSpan? patience, Action<WrittenCompany> found) => Statement.One(
        $"""
        SELECT id, display_name, scim_feature, templates_feature, seat_limit,
            group_takeover{dialect.KeepPlansBeside(patience)}
        FROM companies WHERE id = $1
        """,
        row => found(new(
            row.GetString(0), row.GetString(1), row.GetBoolean(2), row.GetBoolean(3), row.IsDBNull(4) ? null
                : row.GetInt64(4), (GroupTakeover)row.GetInt32(5))),
        company);

    /// <inheritdoc/>
    public ISeats? SeatsFor(string company, IReadOnlyCollection<WriteRequest> requests) =>
        requests.Any(request => request.TakesSeats) && _areSeatsFew.TryGetValue(company, out var areFew)
            ? new Seats(dialect, company, TakersIn(requests),
                alone: areFew || requests.Any(request => request is { TakesSeats: true, SharingKey: null }))
            : null;

    /// <inheritdoc/>
    public void Remember(string company, long? limit, ISeats? seats)
    {
        if (limit is not { } most)
        {
            _areSeatsFew.TryRemove(company, out _);
        }
        else if (seats?.AreFew(most) is { } areFew)
        {
            _areSeatsFew[company] = areFew;
        }
        else
        {
            _areSeatsFew.TryAdd(company, false);
        }
    }

    /// <summary>The teammates who take a seat if they are blocked; none where a request takes seats in any case.</summary>
    private static IReadOnlyCollection<string> TakersIn(IReadOnlyCollection<WriteRequest> requests)
    {
        var takers = requests.Where(request => request.TakesSeats).Select(request => request.SeatOf).ToList();
        return takers.Contains("") ? [] : takers;
    }
}
