using Microsoft.EntityFrameworkCore;

namespace Provisioning.Storage;

/// <summary>The model on SQLite: times are microseconds since 1970, so that they order.</summary>
internal sealed class SqliteProvisioningDb(DbContextOptions<SqliteProvisioningDb> options) : ProvisioningDb(options)
{
    public override Engine Engine { get; } = Engine.Of(StorageProvider.Sqlite);

    protected override void ConfigureConventions(ModelConfigurationBuilder conventions) =>
        conventions.Properties<DateTimeOffset>().HaveConversion<Microseconds>();
}
