using Microsoft.EntityFrameworkCore;
using Provisioning.Contract;
using Provisioning.Storage;

namespace Provisioning.Companies;

/// <summary>How carefully a write takes a seat: normally beside others, and alone once seats are few.</summary>
internal enum SeatCaution
{
    Beside,
    Alone,
}

/// <summary>Seats became few between looking and taking: the write starts over, alone.</summary>
internal sealed class SeatsAreFew : Exception;

/// <summary>
/// Counts teammates and guards the seat limit, exactly and without a counter row that every write would wait for.
/// Writers that take seats hold a shared lock; once fewer seats are left than there can be writers, each takes its seat
/// alone.
/// </summary>
internal static class Seats
{
    /// <summary>More than there can be transactions at once (PostgreSQL's max_connections is 100 by default).</summary>
    public const int Margin = 1_000;

    /// <summary>The lock that writers who take seats hold.</summary>
    public const string Lock = "seats";

    extension(SeatCaution)
    {
        public static SeatCaution For(int attempt) => attempt == 1 ? SeatCaution.Beside : SeatCaution.Alone;
    }

    /// <summary>Takes a seat in the write's company.</summary>
    /// <exception cref="Grpc.Core.RpcException">SEAT_LIMIT_REACHED.</exception>
    public static async Task TakeAsync(Write write)
    {
        if (write.Company.SeatLimit is not { } limit)
        {
            return;
        }

        if (write.Seats is { } shared)
        {
            shared.Take(limit);
            return;
        }

        if (write.Provider == StorageProvider.Postgres)
        {
            var alone = write.Caution == SeatCaution.Alone || limit - await ActiveAsync(write) <= Margin;
            await AdvisoryLock.TakeAsync(write, Lock, shared: !alone);
            if (!alone && limit - await ActiveAsync(write) <= Margin)
            {
                throw new SeatsAreFew();
            }
        }

        if (await ActiveAsync(write) >= limit)
        {
            throw Failures.SeatLimitReached(write.Company.DisplayName, limit);
        }
    }

    /// <summary>How many seats of the write's company are left, of which nobody else takes any until the write ends.</summary>
    public static async Task<long> CountLeftAsync(Write write, long limit)
    {
        await AdvisoryLock.TakeAsync(write, Lock);
        return limit - await ActiveAsync(write);
    }

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
        var sums = await db.TeammateCounts.Where(row => row.CompanyId == companyId).GroupBy(row => row.CompanyId)
            .Select(rows => new { Active = rows.Sum(row => row.Active), Blocked = rows.Sum(row => row.Blocked) })
            .SingleOrDefaultAsync(cancellation);
        return sums is null ? (0, 0) : (sums.Active, sums.Blocked);
    }

    private static async Task<long> ActiveAsync(Write write) => (await CountAsync(write.Db, write.CompanyId, write.Cancellation)).Active;
}
