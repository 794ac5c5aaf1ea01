using Microsoft.EntityFrameworkCore;
using Provisioning.Contract;
using Provisioning.Storage;
using Provisioning.Teammates;

namespace Provisioning.Sessions;

/// <summary>
/// The present names of company admins who did things. What they did keeps their ids alone, so that nothing of a person
/// stays where it cannot be erased.
/// </summary>
internal static class AdminNames
{
    public const string Former = "a former teammate";

    /// <summary>Whether an id is an admin's rather than a token's, or a name.</summary>
    public static bool IsAdmin(string id) => id.StartsWith(ResourceIds.Teammate + "_", StringComparison.Ordinal);

    /// <summary>From ids to names; of who is no more there is none.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> OfAsync(
        ProvisioningDb db, string company, IEnumerable<string> ids, CancellationToken cancellation)
    {
        var admins = ids.Where(IsAdmin).Distinct().ToList();
        return admins.Count == 0 ? new Dictionary<string, string>()
            : (await db.Set<Teammate>().AsNoTracking().Where(row => row.CompanyId == company && admins.Contains(row.Id))
                .Select(row => new { row.Id, row.Profile, row.UserName }).ToListAsync(cancellation))
                .ToDictionary(row => row.Id, row => PersonNames.Of(row.Profile, row.UserName));
    }
}
