using Microsoft.EntityFrameworkCore;
using Provisioning.Contract;
using Provisioning.Storage;
using Provisioning.Writing;

namespace Provisioning.Companies;

/// <summary>
/// The seats that the writes of one transaction may take. They are counted once, when the transaction begins, without a counter row
/// that every write would wait for. Writers that take seats hold a shared lock; where fewer seats are left than there can be writers,
/// each holds the lock alone.
/// </summary>
/// <param name="dialect">The engine's dialect. Where it has one writer, each writer is alone.</param>
/// <param name="company">The company's id.</param>
/// <param name="teammates">Who takes a seat unless they are active already; empty where seats are taken in any case.</param>
/// <param name="alone">Whether to hold the lock alone.</param>
internal sealed class Seats(Dialect dialect, string company, IReadOnlyCollection<string> teammates, bool alone) : ISeats
{
    /// <summary>
    /// How many seats other transactions can take before they commit, and more: PostgreSQL has 100 connections by default, and up to
    /// <see cref="Convoy.Longest"/> writes share a transaction. Writes that take more seats than that hold the lock alone.
    /// </summary>
    private const int Margin = 125 * Convoy.Longest;

    private readonly bool _isAlone = alone || dialect.HasOneWriter;
    private long? _active;

    /// <inheritdoc/>
    public IEnumerable<Statement> Read()
    {
        object?[] parameters = teammates.Count == 0 ? [company] : [company, dialect.TextsOf(teammates)];
        var condition = teammates.Count == 0
            ? "TRUE"
            : $"EXISTS (SELECT 1 FROM teammates WHERE company_id = $1 AND {dialect.In("id", "$2")} AND block_time IS NOT NULL)";
        const string Sum = "SELECT CAST(COALESCE(SUM(active), 0) AS BIGINT) FROM teammate_counts WHERE company_id = $1";
        return
        [
            .. dialect.LockIf("seats", company, !_isAlone, $"companies WHERE id = $1 AND {condition}", parameters),
            Statement.One($"SELECT CASE WHEN {condition} THEN ({Sum}) END",
                row => _active = row.IsDBNull(0) ? null : row.GetInt64(0), parameters),
        ];
    }

    /// <inheritdoc/>
    public bool? AreFew(long limit) => _active is { } active ? limit - active <= Margin : null;

    /// <inheritdoc/>
    public bool TryTake(bool isShared, long limit)
    {
        if (_active is not { } active || (!_isAlone && limit - active <= Margin))
        {
            throw new WriteRaced();
        }

        if (active >= limit)
        {
            // A write that was refused after it took one may have been counted: only a write by itself can tell.
            return isShared ? throw new WriteNeedsItsOwn() : false;
        }

        _active = active + 1;
        return true;
    }

    /// <summary>Takes a seat in the write's company, if one is left.</summary>
    /// <exception cref="WriteRaced">The seats were not counted, or others may take them at the same time.</exception>
    /// <exception cref="WriteNeedsItsOwn">None is left, as far as writes that share a transaction can tell.</exception>
    public static bool TryTake(Write write) =>
        write.Company.SeatLimit is not { } limit || (write.Seats ?? throw new WriteRaced()).TryTake(write is not OwnWrite, limit);

    /// <summary>Takes a seat in the write's company.</summary>
    /// <exception cref="Grpc.Core.RpcException">SEAT_LIMIT_REACHED.</exception>
    /// <exception cref="WriteRaced">The seats were not counted, or others may take them at the same time.</exception>
    /// <exception cref="WriteNeedsItsOwn">None is left, as far as writes that share a transaction can tell.</exception>
    public static void Take(Write write)
    {
        if (!TryTake(write))
        {
            throw Refusal(write);
        }
    }

    /// <summary>SEAT_LIMIT_REACHED.</summary>
    public static Grpc.Core.RpcException Refusal(Write write) =>
        Failures.SeatLimitReached(write.Company.DisplayName, write.Company.SeatLimit ?? 0);

    /// <summary>Notes how the numbers move at a teammate.</summary>
    public static void Move(Write write, string teammateId, int active, int blocked)
    {
        if (active != 0 || blocked != 0)
        {
            TeammateCounts.Move(write, teammateId, active, blocked);
        }
    }

    /// <summary>The present numbers of a company's teammates.</summary>
    public static async Task<(long Active, long Blocked)> CountAsync(ProvisioningDb db, string companyId, CancellationToken cancellation)
    {
        var sums = await db.Set<TeammateCount>().Where(row => row.CompanyId == companyId).GroupBy(row => row.CompanyId)
            .Select(rows => new { Active = rows.Sum(row => row.Active), Blocked = rows.Sum(row => row.Blocked) })
            .SingleOrDefaultAsync(cancellation);
        return sums is null ? (0, 0) : (sums.Active, sums.Blocked);
    }
}
