using Microsoft.EntityFrameworkCore;

namespace Provisioning.Storage;

/// <summary>The tables of the database itself.</summary>
internal sealed class StorageTables : ITables
{
    public void Describe(ModelBuilder model, Engine engine)
    {
        model.Entity<StorageFact>(table =>
        {
            table.ToTable("storage_facts");
            table.HasKey(row => row.Name);
        });
        model.Entity<RingKey>(table =>
        {
            table.ToTable("data_protection_keys");
        });
    }
}
