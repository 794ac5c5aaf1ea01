using Microsoft.EntityFrameworkCore;

namespace Provisioning.Storage;

/// <summary>
/// The model on PostgreSQL: texts order by their bytes, feed positions come from a sequence, and what is only ever added in the order
/// of time is found by it through an index of ranges, which costs a write nothing.
/// </summary>
internal sealed class PostgresProvisioningDb(DbContextOptions<PostgresProvisioningDb> options) : ProvisioningDb(options)
{
    public override Engine Engine { get; } = Engine.Of(StorageProvider.Postgres);

    protected override void ConfigureConventions(ModelConfigurationBuilder conventions) =>
        conventions.Properties<string>().UseCollation("C");
}
