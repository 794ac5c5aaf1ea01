using System.Data.Common;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Provisioning.Storage;

/// <summary>Wires the engine that the settings name.</summary>
internal static class StorageSetup
{
    private const string RingName = "Teammate Provisioning";

    public static void AddStorage(this IServiceCollection services, CoreSettings settings)
    {
        services.AddSingleton<StorageConnections>();
        if (settings.Provider == StorageProvider.Postgres)
        {
            services.AddDbContextPool<ProvisioningDb, PostgresProvisioningDb>((provider, options) =>
                options.UseNpgsql(provider.GetRequiredService<StorageConnections>().Postgres!));
        }
        else
        {
            services.AddDbContextPool<ProvisioningDb, SqliteProvisioningDb>(options => options.UseSqlite(settings.ConnectionString).AddInterceptors(new Durable()));
        }

        services.AddSingleton(RootKey.ReadOrMake(settings.KeyFile));
        services.AddDataProtection().SetApplicationName(RingName).PersistKeysToDbContext<ProvisioningDb>().DisableAutomaticKeyGeneration();
        services.AddSingleton<RingKeys>();
        services.AddOptions<KeyManagementOptions>().Configure<RootKey>((ring, root) => ring.XmlEncryptor = new RingEncryptor(root));
    }

    /// <summary>Refuses a connection string that the engine cannot read.</summary>
    public static void CheckConnectionString(CoreSettings settings)
    {
        try
        {
            _ = settings.Provider == StorageProvider.Postgres
                ? new NpgsqlConnectionStringBuilder(settings.ConnectionString).Host
                : new SqliteConnectionStringBuilder(settings.ConnectionString).DataSource;
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or KeyNotFoundException)
        {
            throw new SettingException($"Storage:ConnectionString cannot be read by {settings.Provider} ({failure.Message.Split('\n')[0]}); correct it.");
        }
    }

    /// <summary>Brings the schema up to date, or on PostgreSQL without leave to do so, says what to do.</summary>
    /// <exception cref="SettingException">The database cannot be reached, lacks migrations, or belongs to another root key.</exception>
    public static async Task PrepareAsync(IServiceProvider services, CoreSettings settings, bool migrate, CancellationToken cancellation)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ProvisioningDb>();
        try
        {
            if (settings.Provider == StorageProvider.Sqlite)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(SqlitePath(settings))!);
                await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL", cancellation);
            }

            var pending = (await db.Database.GetPendingMigrationsAsync(cancellation)).Count();
            if (pending > 0 && !migrate)
            {
                throw new SettingException($"Storage:MigrateAtStart is false and the database lacks {pending} migration(s); run the command \"migrate\" first, or set Storage:MigrateAtStart to true.");
            }

            if (pending > 0)
            {
                await MigrateAsync(db, settings, cancellation);
            }

            await RootKeyCheck.RunAsync(db, scope.ServiceProvider.GetRequiredService<RootKey>(), settings, cancellation);
            scope.ServiceProvider.GetRequiredService<RingKeys>().Ensure();
        }
        catch (Exception failure) when (failure is not SettingException && (StorageErrors.IsUnavailable(failure) || failure is SqliteException or NpgsqlException))
        {
            throw new SettingException($"Storage:ConnectionString: the {settings.Provider} database cannot be used ({failure.GetBaseException().Message.Split('\n')[0]}); check that it runs and that the setting names it.");
        }
    }

    private static async Task MigrateAsync(ProvisioningDb db, CoreSettings settings, CancellationToken cancellation)
    {
        if (settings.Provider == StorageProvider.Postgres)
        {
            await db.Database.MigrateAsync(cancellation);
            return;
        }

        // A process that was killed while it migrated leaves its mark in the database, and EF would wait for it for ever.
        // The lock that counts is a file's, which the operating system gives back.
        await using var held = await TakeFileAsync(SqlitePath(settings) + ".migrating", cancellation);
        await db.Database.ExecuteSqlRawAsync("CREATE TABLE IF NOT EXISTS \"__EFMigrationsLock\" (\"Id\" INTEGER NOT NULL CONSTRAINT \"PK___EFMigrationsLock\" PRIMARY KEY, \"Timestamp\" TEXT NOT NULL); DELETE FROM \"__EFMigrationsLock\"", cancellation);
        await db.Database.MigrateAsync(cancellation);
    }

    private static string SqlitePath(CoreSettings settings) =>
        Path.GetFullPath(new SqliteConnectionStringBuilder(settings.ConnectionString).DataSource);

    private static async Task<FileStream> TakeFileAsync(string path, CancellationToken cancellation)
    {
        var wait = TimeSpan.FromMilliseconds(100);
        while (true)
        {
            try
            {
                return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (IOException)
            {
                await Task.Delay(wait, cancellation);
            }
        }
    }
}

/// <summary>SQLite acknowledges a write when it is on the disk, and not before: a setting of each connection.</summary>
internal sealed class Durable : DbConnectionInterceptor
{
    private const string Setting = "PRAGMA synchronous=FULL";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Setting;
        command.ExecuteNonQuery();
    }

    public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = Setting;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>Notices at start that the root key is not the one this database was made with: tokens could not be revealed.</summary>
internal static class RootKeyCheck
{
    private const string Fact = "root key";

    public static async Task RunAsync(ProvisioningDb db, RootKey root, CoreSettings settings, CancellationToken cancellation)
    {
        var print = Convert.ToHexStringLower(root.Derive("fingerprint"));
        var known = await db.StorageFacts.AsNoTracking().SingleOrDefaultAsync(row => row.Name == Fact, cancellation);
        if (known is null)
        {
            db.Add(new Changes.StorageFact { Name = Fact, Value = print });
            try
            {
                await db.SaveChangesAsync(cancellation);
                return;
            }
            catch (DbUpdateException raced) when (StorageErrors.Duplicate(raced) is not null)
            {
                known = await db.StorageFacts.AsNoTracking().SingleAsync(row => row.Name == Fact, cancellation);
            }
        }

        if (known.Value != print)
        {
            throw new SettingException($"Data:KeyFile: {settings.KeyFile} is not the key that this database was made with; copy the file of the first process here, or set Data:KeyFile to it.");
        }
    }
}
