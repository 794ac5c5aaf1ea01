using Provisioning.Storage;

namespace Provisioning.Access;

/// <summary>From the company that a service's call names, by id or slug, to its id.</summary>
internal sealed class CompanyDirectory(StorageConnections connections)
{
    /// <summary>The company's id; null where there is none.</summary>
    public async Task<string?> FindIdAsync(string idOrSlug, CancellationToken cancellation)
    {
        string? found = null;
        await connections.RunAsync([Statement.One(
            "SELECT id FROM companies WHERE id = $1 OR slug = $1", row => found = row.GetString(0), idOrSlug)], cancellation);
        return found;
    }
}
