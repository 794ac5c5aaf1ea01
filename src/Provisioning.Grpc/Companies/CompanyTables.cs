using Microsoft.EntityFrameworkCore;
using Provisioning.Storage;

namespace Provisioning.Companies;

/// <summary>The tables of companies.</summary>
internal sealed class CompanyTables : ITables
{
    public void Describe(ModelBuilder model, Engine engine)
    {
        model.Entity<Company>(table =>
        {
            table.ToTable("companies");
            table.HasKey(row => row.Id);
            table.HasIndex(row => row.Slug).IsUnique();
            table.Property(row => row.Version).IsConcurrencyToken();
        });
        model.Entity<TeammateCount>(table =>
        {
            table.ToTable("teammate_counts");
            table.HasKey(row => new { row.CompanyId, row.Id });
            engine.Beside(
                table.HasIndex(row => new { row.CompanyId, row.FromId, row.IsBlock }, "ix_teammate_counts_positions")
                    .IsDescending(false, false, true).HasFilter("active + blocked <> 0"),
                row => new { row.Active, row.Blocked });
        });
    }
}
