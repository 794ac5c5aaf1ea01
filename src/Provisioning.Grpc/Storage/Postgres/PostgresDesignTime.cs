using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Provisioning.Storage;

/// <summary>Makes the context for the migration tool.</summary>
internal sealed class PostgresDesignTime : IDesignTimeDbContextFactory<PostgresProvisioningDb>
{
    public PostgresProvisioningDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgresProvisioningDb>().UseNpgsql("Host=design-time").Options);
}
