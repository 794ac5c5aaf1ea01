using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;

namespace Provisioning.Storage;

/// <summary>
/// The one model of both engines. Every table and index is led by the company, so that a sharding engine can keep each
/// company on one node; the directory from secret to token, and the feed across companies, are the exceptions.
/// </summary>
internal abstract partial class ProvisioningDb(DbContextOptions options) : DbContext(options)
{
    private static readonly IReadOnlyList<ITables> Subjects =
        [.. typeof(ITables).Assembly.GetTypes().Where(type => type is { IsClass: true } && type.IsAssignableTo(typeof(ITables)))
            .Select(type => (ITables)Activator.CreateInstance(type)!)];

    /// <summary>The engine behind it.</summary>
    public abstract Engine Engine { get; }

    /// <summary>How statements are written for it.</summary>
    public Dialect Dialect => Engine.Dialect;

    protected override void OnModelCreating(ModelBuilder model)
    {
        foreach (var subject in Subjects)
        {
            subject.Describe(model, Engine);
        }

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
