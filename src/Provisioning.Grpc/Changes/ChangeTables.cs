using Microsoft.EntityFrameworkCore;
using Provisioning.Storage;

namespace Provisioning.Changes;

/// <summary>The tables of the change feed.</summary>
internal sealed class ChangeTables : ITables
{
    public void Describe(ModelBuilder model, StorageProvider provider)
    {
        model.Entity<ChangeRow>(table =>
        {
            table.ToTable("changes");
            table.HasKey(row => new { row.CompanyId, row.TransactionId, row.Position });
            table.HasIndex(row => new { row.TransactionId, row.Position });
            table.HasIndex(row => row.Time);
            if (provider == StorageProvider.Postgres)
            {
                table.Property(row => row.TransactionId).HasDefaultValueSql("(pg_current_xact_id()::text)::bigint");
                table.Property(row => row.Position).UseIdentityAlwaysColumn();
                table.HasIndex(row => row.Time).HasMethod("brin");
            }
            else
            {
                table.Property(row => row.Position).ValueGeneratedNever();
            }
        });
    }
}
