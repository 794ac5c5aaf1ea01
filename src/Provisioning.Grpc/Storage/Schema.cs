using System.Reflection;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Provisioning.Storage;

/// <summary>Which migrations the database lacks.</summary>
internal static class Schema
{
    /// <summary>How many migrations the database lacks: all of them where it is not there yet.</summary>
    /// <exception cref="SettingException">The database was made before the first release.</exception>
    public static async Task<int> PendingAsync(StorageConnections connections, Engine engine, CancellationToken cancellation)
    {
        var applied = await AppliedAsync(connections, engine, cancellation);
        var known = Known(engine.Context).ToList();
        return applied.Count == 0 || known.Any(applied.Contains)
            ? known.Count(id => !applied.Contains(id))
            : throw new SettingException("Storage:ConnectionString: the database was made by a build from before the first release, "
                + "and cannot be upgraded; name a new database, or move the file away.");
    }

    private static async Task<HashSet<string>> AppliedAsync(StorageConnections connections, Engine engine, CancellationToken cancellation)
    {
        var (begun, applied) = (false, new HashSet<string>(StringComparer.Ordinal));
        try
        {
            await connections.RunAsync([engine.IsMigrated(found => begun = found)], cancellation);
        }
        catch (Exception missing) when (engine.IsNoDatabase(missing))
        {
            return applied;
        }

        if (begun)
        {
            await connections.RunAsync([Statement.Each(
                "SELECT \"MigrationId\" FROM \"__EFMigrationsHistory\"", row => applied.Add(row.GetString(0)))], cancellation);
        }

        return applied;
    }

    /// <summary>The ids of a context's migrations, as Entity Framework finds them.</summary>
    private static IEnumerable<string> Known(Type context) => context.Assembly.GetTypes()
        .Where(type => type.BaseType == typeof(Migration) && type.GetCustomAttribute<DbContextAttribute>()?.ContextType == context)
        .Select(type => type.GetCustomAttribute<MigrationAttribute>()?.Id).OfType<string>();
}
