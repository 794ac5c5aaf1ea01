using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Provisioning.Access;
using Provisioning.Storage;

namespace Provisioning.Lists;

/// <summary>
/// Remembers where pages by position ended, so that the next one goes on from there although resources come and go
/// meanwhile. Best effort where two callers walk the same list with the same token at the same pace.
/// </summary>
internal sealed class ListWalks(StorageConnections connections, Dialect dialect, WriteTurns turns, TimeProvider time)
{
    /// <summary>How long a walk may pause.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>The last key of the page that ended where this one begins; null when none is known.</summary>
    public async Task<string?> FindAsync(Caller caller, string list, Page page, CancellationToken cancellation)
    {
        string? after = null;
        await connections.RunAsync([Statement.One(
            "SELECT after FROM list_walks WHERE company_id = $1 AND id = $2 AND time > $3", row => after = row.GetString(0),
            caller.Company, IdOf(caller, list, page.Size, page.Skip), dialect.Time(Clock.Now(time) - Patience))],
                cancellation);
        return after;
    }

    /// <summary>The position where a page begins, with the walk that may have come to it.</summary>
    public ListPosition PositionOf(Caller caller, string list, Page page, bool continueWalk) =>
        new(caller.Company, page.Skip, continueWalk ? IdOf(caller, list, page.Size, page.Skip) : "",
            dialect.Time(Clock.Now(time) - Patience));

    /// <summary>Notes that a page ended. Without it the next page goes by position: never a reason to fail a read.</summary>
    public async Task KeepAsync(Caller caller, string list, Page page, int served, string last, CancellationToken cancellation)
    {
        try
        {
            using var turn = await turns.TakeAsync(cancellation);
            await connections.RunAsync([new Statement(
                "INSERT INTO list_walks (company_id, id, after, time) VALUES ($1, $2, $3, $4) ON CONFLICT (company_id, id) DO UPDATE SET "
                    + "after = excluded.after, time = excluded.time",
                caller.Company, IdOf(caller, list, page.Size, page.Skip + served), last, dialect.Time(Clock.Now(time)))],
                    cancellation);
        }
        catch (Exception failure) when (StorageErrors.IsUnavailable(failure))
        {
            // The page itself is read; the next one is found by its position.
        }
    }

    private static string IdOf(Caller caller, string list, int size, int position) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            string.Join('\n', caller.TokenId, size.ToString(CultureInfo.InvariantCulture), position.ToString(CultureInfo.InvariantCulture),
                list))).AsSpan(0, 16));
}
