using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Provisioning.Changes;
using Provisioning.Companies;
using Provisioning.Connections;
using Provisioning.Groups;
using Provisioning.Lists;
using Provisioning.Log;
using Provisioning.Sessions;
using Provisioning.Teammates;
using Provisioning.Templates;
using Provisioning.Tokens;
using IndexedValues = Provisioning.Teammates.TeammateValues;

namespace Provisioning.Storage;

/// <summary>
/// The one model of both engines. Every table and index is led by the company, so that a sharding engine can keep each
/// company on one node; the directory from secret to token, and the feed across companies, are the exceptions.
/// </summary>
internal abstract partial class ProvisioningDb(DbContextOptions options) : DbContext(options)
{
    /// <summary>The engine behind it.</summary>
    public StorageProvider Provider => Database.IsNpgsql() ? StorageProvider.Postgres : StorageProvider.Sqlite;

    public DbSet<Company> Companies => Set<Company>();
    public DbSet<TeammateCount> TeammateCounts => Set<TeammateCount>();
    public DbSet<Connection> Connections => Set<Connection>();
    public DbSet<ApiToken> ApiTokens => Set<ApiToken>();
    public DbSet<Session> Sessions => Set<Session>();
    public DbSet<SignInLink> SignInLinks => Set<SignInLink>();
    public DbSet<Teammate> Teammates => Set<Teammate>();
    public DbSet<TeammateValue> TeammateValues => Set<TeammateValue>();
    public DbSet<TeammateTemplate> TeammateTemplates => Set<TeammateTemplate>();
    public DbSet<TeammateTemplateVersion> TeammateTemplateVersions => Set<TeammateTemplateVersion>();
    public DbSet<TeammateGroup> TeammateGroups => Set<TeammateGroup>();
    public DbSet<TeammateGroupMember> TeammateGroupMembers => Set<TeammateGroupMember>();
    public DbSet<TeammateGroupExternalId> TeammateGroupExternalIds => Set<TeammateGroupExternalId>();
    public DbSet<ListWalk> ListWalks => Set<ListWalk>();
    public DbSet<ChangeRow> Changes => Set<ChangeRow>();
    public DbSet<LogRow> LogEntries => Set<LogRow>();
    public DbSet<IdempotentReply> IdempotentReplies => Set<IdempotentReply>();
    public DbSet<StorageFact> StorageFacts => Set<StorageFact>();
    public DbSet<RingKey> DataProtectionKeys => Set<RingKey>();

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.Entity<Company>(table =>
        {
            table.HasKey(row => row.Id);
            table.HasIndex(row => row.Slug).IsUnique();
            table.Property(row => row.Version).IsConcurrencyToken();
        });
        model.Entity<TeammateCount>(table =>
        {
            table.HasKey(row => new { row.CompanyId, row.Id });
            table.HasIndex(row => new { row.CompanyId, row.FromId, row.IsBlock }, "ix_teammate_counts_positions").IsDescending(false, false, true).HasFilter("active + blocked <> 0");
        });
        model.Entity<Connection>(table =>
        {
            table.HasKey(row => new { row.CompanyId, row.Id });
            table.HasIndex(row => new { row.CompanyId, row.NameFolded }).IsUnique();
            table.Property(row => row.Version).IsConcurrencyToken();
        });
        model.Entity<UnknownAttribute>().ToTable("unknown_attributes").HasKey(row => new { row.CompanyId, row.ConnectionId, row.Name });
        model.Entity<ApiToken>(table =>
        {
            table.HasKey(row => row.Id);
            table.HasIndex(row => row.SecretHash).IsUnique();
            table.HasIndex(row => row.SecretHint);
            table.HasIndex(row => new { row.CompanyId, row.Id });
            table.Ignore(row => row.ScopeList);
        });
        model.Entity<Session>(table =>
        {
            table.HasKey(row => new { row.CompanyId, row.Id });
            table.HasIndex(row => row.SecretHash).IsUnique();
            table.HasIndex(row => new { row.CompanyId, row.TeammateId });
        });
        model.Entity<SignInLink>(table =>
        {
            table.HasKey(row => row.SecretHash);
            table.HasIndex(row => new { row.CompanyId, row.TeammateId });
        });
        model.Entity<Teammate>(table =>
        {
            table.HasKey(row => new { row.CompanyId, row.Id });
            table.HasIndex(row => new { row.CompanyId, row.UserNameFolded }).IsUnique();
            table.HasIndex(row => new { row.CompanyId, row.TemplateId, row.UserNameFolded });
            table.HasIndex(row => row.CompanyId, "ix_teammates_admins").HasFilter("company_admin");
            table.Property(row => row.Version).IsConcurrencyToken();
        });
        model.Entity<TeammateValue>(table =>
        {
            table.HasKey(row => new { row.CompanyId, row.Attribute, row.Value, row.TeammateId });
            table.HasIndex(row => new { row.CompanyId, row.TeammateId }, "ix_teammate_values_words").HasFilter($"attribute = '{IndexedValues.Word}'");
        });
        model.Entity<TeammateTemplate>(table =>
        {
            table.HasKey(row => new { row.CompanyId, row.Id });
            table.HasIndex(row => new { row.CompanyId, row.NameFolded }).IsUnique();
            table.Property(row => row.Version).IsConcurrencyToken();
        });
        model.Entity<TeammateTemplateVersion>().HasKey(row => new { row.CompanyId, row.TemplateId, row.Version });
        model.Entity<TeammateGroup>(table =>
        {
            table.HasKey(row => new { row.CompanyId, row.Id });
            table.HasIndex(row => new { row.CompanyId, row.DisplayNameFolded }).IsUnique();
            table.Property(row => row.Version).IsConcurrencyToken();
        });
        model.Entity<TeammateGroupMember>(table =>
        {
            table.HasKey(row => new { row.CompanyId, row.GroupId, row.TeammateId });
            table.HasIndex(row => new { row.CompanyId, row.TeammateId });
            table.HasOne<TeammateGroup>().WithMany().HasForeignKey(row => new { row.CompanyId, row.GroupId }).OnDelete(DeleteBehavior.Cascade);
            table.HasOne<Teammate>().WithMany().HasForeignKey(row => new { row.CompanyId, row.TeammateId }).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<TeammateGroupExternalId>(table =>
        {
            table.HasKey(row => new { row.CompanyId, row.GroupId, row.ConnectionId });
            table.HasIndex(row => new { row.CompanyId, row.ConnectionId, row.Key });
            table.HasOne<TeammateGroup>().WithMany().HasForeignKey(row => new { row.CompanyId, row.GroupId }).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<ListWalk>(table =>
        {
            table.HasKey(row => new { row.CompanyId, row.Id });
            table.HasIndex(row => row.Time);
        });
        model.Entity<ChangeRow>(table =>
        {
            table.ToTable("changes").HasKey(row => new { row.CompanyId, row.TransactionId, row.Position });
            table.HasIndex(row => new { row.TransactionId, row.Position });
            table.HasIndex(row => row.Time);
        });
        model.Entity<LogRow>(table =>
        {
            table.ToTable("log_entries").HasKey(row => new { row.CompanyId, row.Id });
            table.HasIndex(row => new { row.CompanyId, row.ResourceId, row.Id });
            table.HasIndex(row => new { row.CompanyId, row.RepeatKey }).IsUnique().HasFilter("repeat_key IS NOT NULL");
            table.HasIndex(row => new { row.CompanyId, row.Subject, row.Id }).HasFilter("subject <> ''");
            table.Property(row => row.Subject).HasDefaultValue("");
            table.HasIndex(row => new { row.CompanyId, row.Id }, "ix_log_entries_refused").HasFilter("outcome = 3");
            table.HasIndex(row => row.Time);
        });
        model.Entity<IdempotentReply>(table =>
        {
            table.HasKey(row => new { row.CompanyId, row.Method, row.RequestId });
            table.HasIndex(row => row.Time);
        });
        model.Entity<StorageFact>().HasKey(row => row.Name);
        NameInSnakeCase(model);
    }

    private static void NameInSnakeCase(ModelBuilder model)
    {
        foreach (var table in model.Model.GetEntityTypes())
        {
            table.SetTableName(SnakeCase(table.GetTableName()!));
            foreach (var column in table.GetProperties())
            {
                column.SetColumnName(SnakeCase(column.Name));
            }
        }
    }

    private static string SnakeCase(string name) =>
        WordStart().Replace(name, static match => "_" + match.Value).ToLowerInvariant();

    [GeneratedRegex("(?<=[a-z0-9])[A-Z]")]
    private static partial Regex WordStart();
}
