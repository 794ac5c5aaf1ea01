using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Provisioning.Storage;

/// <summary>Healthy while the database answers.</summary>
internal sealed class StorageHealth(IServiceScopeFactory scopes) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var scope = scopes.CreateAsyncScope();
        var answers = await scope.ServiceProvider.GetRequiredService<ProvisioningDb>().Database.CanConnectAsync(cancellationToken);
        return answers ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The database does not answer.");
    }
}
