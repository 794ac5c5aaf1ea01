using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Provisioning.Changes;

namespace Provisioning.Storage;

/// <summary>The model on SQLite: times are microseconds since 1970, so that they order.</summary>
internal sealed class SqliteProvisioningDb(DbContextOptions<SqliteProvisioningDb> options) : ProvisioningDb(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder conventions) =>
        conventions.Properties<DateTimeOffset>().HaveConversion<Microseconds>();

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        model.Entity<ChangeRow>().Property(row => row.Position).ValueGeneratedNever();
    }
}

/// <summary>Times as SQLite keeps them: microseconds since 1970.</summary>
internal sealed class Microseconds() : ValueConverter<DateTimeOffset, long>(time => Of(time), stored => ToTime(stored))
{
    public static long Of(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;

    public static DateTimeOffset ToTime(long stored) => new(stored * 10 + DateTimeOffset.UnixEpoch.Ticks, TimeSpan.Zero);
}

/// <summary>Makes the context for the migration tool.</summary>
internal sealed class SqliteDesignTime : IDesignTimeDbContextFactory<SqliteProvisioningDb>
{
    public SqliteProvisioningDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteProvisioningDb>().UseSqlite("Data Source=design-time.db").Options);
}
