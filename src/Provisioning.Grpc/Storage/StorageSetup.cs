using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace Provisioning.Storage;

/// <summary>Wires the engine that the settings name.</summary>
internal static class StorageSetup
{
    private const string RingName = "Teammate Provisioning";

    public static void AddStorage(this IServiceCollection services, CoreSettings settings)
    {
        var engine = Engine.Of(settings.Provider);
        services.AddSingleton(engine).AddSingleton(engine.Dialect).AddSingleton<StorageConnections>();
        engine.AddContext(services, settings);
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
            Engine.Of(settings.Provider).CheckConnectionString(settings.ConnectionString);
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or KeyNotFoundException)
        {
            throw new SettingException(
                $"Storage:ConnectionString cannot be read by {settings.Provider} ({failure.Message.Split('\n')[0]}); correct it.");
        }
    }

    /// <summary>
    /// Brings the schema up to date, or without leave to do so, says what to do. Entity Framework is asked only where
    /// there is something to do: its model takes longer to build than all the rest of a start.
    /// </summary>
    /// <exception cref="SettingException">The database cannot be reached, lacks migrations, or belongs to another root key.</exception>
    public static async Task PrepareAsync(IServiceProvider services, CoreSettings settings, bool migrate, CancellationToken cancellation)
    {
        var (engine, connections) = (services.GetRequiredService<Engine>(), services.GetRequiredService<StorageConnections>());
        try
        {
            await engine.PrepareAsync(settings, connections, cancellation);
            var pending = await Schema.PendingAsync(connections, engine, cancellation);
            if (pending > 0 && !migrate)
            {
                throw new SettingException($"Storage:MigrateAtStart is false and the database lacks {pending} migration(s); run the "
                    + "command \"migrate\" first, or set Storage:MigrateAtStart to true.");
            }

            if (pending > 0)
            {
                await using var scope = services.CreateAsyncScope();
                await engine.MigrateAsync(scope.ServiceProvider.GetRequiredService<ProvisioningDb>(), settings, cancellation);
            }

            await RootKeyCheck.RunAsync(connections, services.GetRequiredService<RootKey>(), settings, cancellation);
            if (!await RingKeys.HaveBegunAsync(connections, cancellation))
            {
                services.GetRequiredService<RingKeys>().Ensure();
            }
        }
        catch (Exception failure) when (failure is not SettingException && StorageErrors.IsUnavailable(failure))
        {
            throw new SettingException($"Storage:ConnectionString: the {settings.Provider} database cannot be used "
                + $"({failure.GetBaseException().Message.Split('\n')[0]}); check that it runs and that the setting names it.");
        }
    }
}
