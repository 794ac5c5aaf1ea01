using Microsoft.EntityFrameworkCore;
using Provisioning.Storage;

namespace Provisioning.Templates;

/// <summary>The tables of teammate templates.</summary>
internal sealed class TemplateTables : ITables
{
    public void Describe(ModelBuilder model, Engine engine)
    {
        model.Entity<TeammateTemplate>(table =>
        {
            table.ToTable("teammate_templates");
            table.HasKey(row => new { row.CompanyId, row.Id });
            table.HasIndex(row => new { row.CompanyId, row.NameFolded }).IsUnique();
            table.Property(row => row.Version).IsConcurrencyToken();
        });
        model.Entity<TeammateTemplateVersion>(table =>
        {
            table.ToTable("teammate_template_versions");
            table.HasKey(row => new { row.CompanyId, row.TemplateId, row.Version });
        });
    }
}
