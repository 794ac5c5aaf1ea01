using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Provisioning.Changes;
using Provisioning.Companies;
using Provisioning.Log;
using Provisioning.Teammates;

namespace Provisioning.Storage;

/// <summary>
/// The model on PostgreSQL: texts order by their bytes, feed positions come from a sequence, and what is only ever added in the order
/// of time is found by it through an index of ranges, which costs a write nothing.
/// </summary>
internal sealed class PostgresProvisioningDb(DbContextOptions<PostgresProvisioningDb> options) : ProvisioningDb(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder conventions) =>
        conventions.Properties<string>().UseCollation("C");

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        model.Entity<Teammate>().Property(row => row.Search).HasColumnType("jsonb").UseCollation(null);
        model.Entity<ChangeRow>(table =>
        {
            table.Property(row => row.TransactionId).HasDefaultValueSql("(pg_current_xact_id()::text)::bigint");
            table.Property(row => row.Position).UseIdentityAlwaysColumn();
            table.HasIndex(row => row.Time).HasMethod("brin");
        });
        model.Entity<TeammateCount>().HasIndex(row => new { row.CompanyId, row.FromId, row.IsBlock }, "ix_teammate_counts_positions")
            .IncludeProperties(row => new { row.Active, row.Blocked });
        model.Entity<LogRow>().HasIndex(row => row.Time).HasMethod("brin");
    }
}

/// <summary>Makes the context for the migration tool.</summary>
internal sealed class PostgresDesignTime : IDesignTimeDbContextFactory<PostgresProvisioningDb>
{
    public PostgresProvisioningDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgresProvisioningDb>().UseNpgsql("Host=design-time").Options);
}
