using Microsoft.EntityFrameworkCore;
using Provisioning.Storage;

namespace Provisioning.Lists;

/// <summary>The tables of walks through lists.</summary>
internal sealed class ListTables : ITables
{
    public void Describe(ModelBuilder model, Engine engine)
    {
        model.Entity<ListWalk>(table =>
        {
            table.ToTable("list_walks");
            table.HasKey(row => new { row.CompanyId, row.Id });
            table.HasIndex(row => row.Time);
        });
    }
}
