using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
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
            services.AddDbContextPool<ProvisioningDb, SqliteProvisioningDb>(
                options => options.UseSqlite(settings.ConnectionString).AddInterceptors(new Durable()));
        }

        services.AddSingleton(RootKey.ReadOrMake(settings.KeyFile));
        services.AddDataProtection().SetApplicationName(RingName).DisableAutomaticKeyGeneration();
        services.AddSingleton<RingKeys>();
        services.AddOptions<KeyManagementOptions>().Configure<RootKey, StorageConnections>((ring, root, connections) =>
            (ring.XmlEncryptor, ring.XmlRepository) = (new RingEncryptor(root), new RingRows(connections)));
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
            throw new SettingException(
                $"Storage:ConnectionString cannot be read by {settings.Provider} ({failure.Message.Split('\n')[0]}); correct it.");
        }
    }

    /// <summary>
    /// Brings the schema up to date, or on PostgreSQL without leave to do so, says what to do. Entity Framework is asked only where
    /// there is something to do: its model takes longer to build than all the rest of a start.
    /// </summary>
    /// <exception cref="SettingException">The database cannot be reached, lacks migrations, or belongs to another root key.</exception>
    public static async Task PrepareAsync(IServiceProvider services, CoreSettings settings, bool migrate, CancellationToken cancellation)
    {
        var connections = services.GetRequiredService<StorageConnections>();
        try
        {
            if (settings.Provider == StorageProvider.Sqlite)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(SqlitePath(settings))!);
                await connections.RunAsync([new("PRAGMA journal_mode=WAL")], cancellation);
            }

            var pending = await Schema.PendingAsync(connections, settings.Provider, cancellation);
            if (pending > 0 && !migrate)
            {
                throw new SettingException($"Storage:MigrateAtStart is false and the database lacks {pending} migration(s); run the "
                    + "command \"migrate\" first, or set Storage:MigrateAtStart to true.");
            }

            if (pending > 0)
            {
                await using var scope = services.CreateAsyncScope();
                await MigrateAsync(scope.ServiceProvider.GetRequiredService<ProvisioningDb>(), settings, cancellation);
            }

            await RootKeyCheck.RunAsync(connections, services.GetRequiredService<RootKey>(), settings, cancellation);
            if (!await RingKeys.HaveBegunAsync(connections, cancellation))
            {
                services.GetRequiredService<RingKeys>().Ensure();
            }
        }
        catch (Exception failure) when (failure is not SettingException
            && (StorageErrors.IsUnavailable(failure) || failure is SqliteException or NpgsqlException))
        {
            throw new SettingException($"Storage:ConnectionString: the {settings.Provider} database cannot be used "
                + $"({failure.GetBaseException().Message.Split('\n')[0]}); check that it runs and that the setting names it.");
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
        await db.Database.ExecuteSqlRawAsync(
            "CREATE TABLE IF NOT EXISTS \"__EFMigrationsLock\" (\"Id\" INTEGER NOT NULL CONSTRAINT \"PK___EFMigrationsLock\" PRIMARY KEY, "
                + "\"Timestamp\" TEXT NOT NULL); DELETE FROM \"__EFMigrationsLock\"", cancellation);
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
