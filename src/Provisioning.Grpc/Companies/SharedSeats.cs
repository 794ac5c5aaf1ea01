using System.Globalization;
using Provisioning.Storage;

namespace Provisioning.Companies;

/// <summary>
/// The seats that writes of one transaction may take, counted once for all of them before they start, behind the same lock that
/// writers alone hold (<see cref="Companies.Seats"/>). A write for which the count is not enough is done alone.
/// </summary>
internal sealed class SharedSeats
{
    private bool _isAlone;
    private long? _active;

    /// <summary>Statements that the writes need before they start: the lock, alone where few seats are left, and behind it the count.</summary>
    public IEnumerable<Statement> Ahead(StorageProvider provider, string company)
    {
        const string Active = "SELECT CAST(COALESCE(SUM(active), 0) AS BIGINT) FROM teammate_counts WHERE company_id = $1";
        if (provider == StorageProvider.Postgres)
        {
            yield return Statement.One(
                string.Create(CultureInfo.InvariantCulture,
                $"""
                SELECT x.few, CASE WHEN x.few THEN pg_advisory_xact_lock($2)::text ELSE pg_advisory_xact_lock_shared($2)::text END
                FROM (SELECT seat_limit - ({Active}) <= {Seats.Margin} AS few FROM companies WHERE id = $1 AND seat_limit IS NOT NULL) x
                """),
                row => _isAlone = row.GetBoolean(0), company, AdvisoryLock.KeyOf(Seats.Lock, company));
        }
        else
        {
            _isAlone = true;
        }

        yield return Statement.One(Active, row => _active = row.GetInt64(0), company);
    }

    /// <summary>Takes a seat.</summary>
    /// <exception cref="WriteNeedsItsOwn">There may be none, or others may take it at the same time: a write alone finds out.</exception>
    public void Take(long limit)
    {
        if (_active is not { } active || active >= limit || (!_isAlone && limit - active <= Seats.Margin))
        {
            throw new WriteNeedsItsOwn();
        }

        _active = active + 1;
    }
}
