using Microsoft.EntityFrameworkCore;
using Provisioning.Storage;

namespace Provisioning.Companies;

/// <summary>From the company that a service's call names, by id or slug, to its id.</summary>
internal sealed class CompanyDirectory(IServiceScopeFactory scopes)
{
    public async Task<string?> FindIdAsync(string idOrSlug, CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ProvisioningDb>().Companies
            .Where(row => row.Id == idOrSlug || row.Slug == idOrSlug).Select(row => row.Id).FirstOrDefaultAsync(cancellation);
    }
}
