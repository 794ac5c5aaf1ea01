using Microsoft.EntityFrameworkCore;
using Provisioning.Storage;

namespace Provisioning.Writing;

/// <summary>The tables of the provisioning log.</summary>
internal sealed class LogTables : ITables
{
    public void Describe(ModelBuilder model, Engine engine)
    {
        model.Entity<LogRow>(table =>
        {
            table.ToTable("log_entries");
            table.HasKey(row => new { row.CompanyId, row.Id });
            table.HasIndex(row => new { row.CompanyId, row.ResourceId, row.Id });
            table.HasIndex(row => new { row.CompanyId, row.RepeatKey }).IsUnique().HasFilter("repeat_key IS NOT NULL");
            table.HasIndex(row => new { row.CompanyId, row.Subject, row.Id }).HasFilter("subject <> ''");
            table.Property(row => row.Subject).HasDefaultValue("");
            table.HasIndex(row => new { row.CompanyId, row.Id }, "ix_log_entries_refused").HasFilter("outcome = 3");
            engine.AsAdded(table.HasIndex(row => row.Time));
        });
    }
}
