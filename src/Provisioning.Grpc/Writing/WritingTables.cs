using Microsoft.EntityFrameworkCore;
using Provisioning.Storage;

namespace Provisioning.Writing;

/// <summary>The tables of repeated requests.</summary>
internal sealed class WritingTables : ITables
{
    public void Describe(ModelBuilder model, Engine engine)
    {
        model.Entity<IdempotentReply>(table =>
        {
            table.ToTable("idempotent_replies");
            table.HasKey(row => new { row.CompanyId, row.Method, row.RequestId });
            table.HasIndex(row => row.Time);
        });
    }
}
