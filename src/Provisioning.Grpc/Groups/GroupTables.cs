using Microsoft.EntityFrameworkCore;
using Provisioning.Storage;

namespace Provisioning.Groups;

/// <summary>The tables of teammate groups.</summary>
internal sealed class GroupTables : ITables
{
    public void Describe(ModelBuilder model, Engine engine)
    {
        model.Entity<TeammateGroup>(table =>
        {
            table.ToTable("teammate_groups");
            table.HasKey(row => new { row.CompanyId, row.Id });
            table.HasIndex(row => new { row.CompanyId, row.DisplayNameFolded }).IsUnique();
            table.Property(row => row.Version).IsConcurrencyToken();
        });
        model.Entity<TeammateGroupMember>(table =>
        {
            table.ToTable("teammate_group_members");
            table.HasKey(row => new { row.CompanyId, row.GroupId, row.TeammateId });
            table.HasIndex(row => new { row.CompanyId, row.TeammateId });
            table.HasOne<TeammateGroup>().WithMany().HasForeignKey(row => new { row.CompanyId, row.GroupId })
                .OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<TeammateGroupExternalId>(table =>
        {
            table.ToTable("teammate_group_external_ids");
            table.HasKey(row => new { row.CompanyId, row.GroupId, row.ConnectionId });
            table.HasIndex(row => new { row.CompanyId, row.ConnectionId, row.Key });
            table.HasOne<TeammateGroup>().WithMany().HasForeignKey(row => new { row.CompanyId, row.GroupId })
                .OnDelete(DeleteBehavior.Cascade);
        });
    }
}
