using Microsoft.EntityFrameworkCore;
using Provisioning.Storage;

namespace Provisioning.Changes;

/// <summary>The tables of the change feed.</summary>
internal sealed class ChangeTables : ITables
{
    public void Describe(ModelBuilder model, Engine engine)
    {
        model.Entity<ChangeRow>(table =>
        {
            table.ToTable("changes");
            table.HasKey(row => new { row.CompanyId, row.TransactionId, row.Position });
            table.HasIndex(row => new { row.TransactionId, row.Position });
            engine.AsAdded(table.HasIndex(row => row.Time));
            engine.AsNumbered(table.Property(row => row.TransactionId), table.Property(row => row.Position));
        });
    }
}
