
namespace Provisioning.Storage;

/// <summary>Notices at start that the root key is not the one this database was made with: tokens could not be revealed.</summary>
internal static class RootKeyCheck
{
    private const string Fact = "root key";

    public static async Task RunAsync(StorageConnections connections, RootKey root, CoreSettings settings, CancellationToken cancellation)
    {
        var (print, known) = (Convert.ToHexStringLower(root.Derive("fingerprint")), (string?)null);
        var read = Statement.One("SELECT value FROM storage_facts WHERE name = $1", row => known = row.GetString(0), Fact);
        await connections.RunAsync([read], cancellation);
        if (known is null)
        {
            await connections.RunAsync(
                [new("INSERT INTO storage_facts (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", Fact, print), read], cancellation);
        }

        if (known != print)
        {
            throw new SettingException($"Data:KeyFile: {settings.KeyFile} is not the key that this database was made with; copy the file "
                + "of the first process here, or set Data:KeyFile to it.");
        }
    }
}
