using Microsoft.EntityFrameworkCore;
using Provisioning.Storage;

namespace Provisioning.Access;

/// <summary>The tables of sessions.</summary>
internal sealed class SessionTables : ITables
{
    public void Describe(ModelBuilder model, Engine engine)
    {
        model.Entity<Session>(table =>
        {
            table.ToTable("sessions");
            table.HasKey(row => new { row.CompanyId, row.Id });
            table.HasIndex(row => row.SecretHash).IsUnique();
            table.HasIndex(row => new { row.CompanyId, row.TeammateId });
        });
        model.Entity<SignInLink>(table =>
        {
            table.ToTable("sign_in_links");
            table.HasKey(row => row.SecretHash);
            table.HasIndex(row => new { row.CompanyId, row.TeammateId });
        });
    }
}
