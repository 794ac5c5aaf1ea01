using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Provisioning.Storage;

/// <summary>Makes the context for the migration tool.</summary>
internal sealed class SqliteDesignTime : IDesignTimeDbContextFactory<SqliteProvisioningDb>
{
    public SqliteProvisioningDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteProvisioningDb>().UseSqlite("Data Source=design-time.db").Options);
}
