using Microsoft.EntityFrameworkCore;
using Provisioning.Groups;
using Provisioning.Storage;

namespace Provisioning.Teammates;

/// <summary>The tables of teammates.</summary>
internal sealed class TeammateTables : ITables
{
    public void Describe(ModelBuilder model, Engine engine)
    {
        model.Entity<Teammate>(table =>
        {
            table.ToTable("teammates");
            table.HasKey(row => new { row.CompanyId, row.Id });
            table.HasIndex(row => new { row.CompanyId, row.UserNameFolded }).IsUnique();
            table.HasIndex(row => new { row.CompanyId, row.TemplateId, row.UserNameFolded });
            table.HasIndex(row => row.CompanyId, "ix_teammates_admins").HasFilter("company_admin");
            table.Property(row => row.Version).IsConcurrencyToken();
            engine.AsDocument(table.Property(row => row.Search));
        });
        model.Entity<TeammateGroupMember>().HasOne<Teammate>().WithMany()
            .HasForeignKey(row => new { row.CompanyId, row.TeammateId }).OnDelete(DeleteBehavior.Cascade);
        model.Entity<TeammateValue>(table =>
        {
            table.ToTable("teammate_values");
            table.HasKey(row => new { row.CompanyId, row.Attribute, row.Value, row.TeammateId });
            table.HasIndex(row => new { row.CompanyId, row.TeammateId }, "ix_teammate_values_words").HasFilter(
                $"attribute = '{TeammateValues.Word}'");
        });
    }
}
