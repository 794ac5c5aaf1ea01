using Microsoft.EntityFrameworkCore;
using Provisioning.Storage;

namespace Provisioning.Access;

/// <summary>The tables of API tokens.</summary>
internal sealed class TokenTables : ITables
{
    public void Describe(ModelBuilder model, Engine engine)
    {
        model.Entity<ApiToken>(table =>
        {
            table.ToTable("api_tokens");
            table.HasKey(row => row.Id);
            table.HasIndex(row => row.SecretHash).IsUnique();
            table.HasIndex(row => row.SecretHint);
            table.HasIndex(row => new { row.CompanyId, row.Id });
            table.Ignore(row => row.ScopeList);
        });
    }
}
