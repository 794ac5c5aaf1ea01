using Microsoft.EntityFrameworkCore;
using Provisioning.Storage;

namespace Provisioning.Connections;

/// <summary>The tables of connections.</summary>
internal sealed class ConnectionTables : ITables
{
    public void Describe(ModelBuilder model, Engine engine)
    {
        model.Entity<Connection>(table =>
        {
            table.ToTable("connections");
            table.HasKey(row => new { row.CompanyId, row.Id });
            table.HasIndex(row => new { row.CompanyId, row.NameFolded }).IsUnique();
            table.Property(row => row.Version).IsConcurrencyToken();
        });
        model.Entity<UnknownAttribute>(table =>
        {
            table.ToTable("unknown_attributes");
            table.HasKey(row => new { row.CompanyId, row.ConnectionId, row.Name });
        });
    }
}
