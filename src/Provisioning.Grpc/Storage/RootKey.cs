using System.Security.Cryptography;
using System.Text;

namespace Provisioning.Storage;

/// <summary>
/// The secret that lives outside the database: it wraps the Data Protection ring and is the root of every key with
/// which we seal what leaves us. A dump of the database alone reveals nothing.
/// </summary>
internal sealed class RootKey(byte[] secret)
{
    private const int Length = 32;

    /// <summary>A key for one purpose.</summary>
    public byte[] Derive(string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, Length, info: Encoding.UTF8.GetBytes("provisioning/" + purpose));

    /// <summary>Reads the key, making it on the first start. Several processes may start at once.</summary>
    /// <exception cref="SettingException">The file holds something else, or cannot be read or made.</exception>
    public static RootKey ReadOrMake(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                Make(path);
            }

            var secret = Convert.FromHexString(File.ReadAllText(path).Trim());
            return secret.Length == Length ? new(secret) : throw new FormatException();
        }
        catch (FormatException)
        {
            throw new SettingException($"Data:KeyFile: {path} does not hold a key of {Length} bytes in hexadecimal; restore the file that "
                + "belongs to this database.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SettingException(
                $"Data:KeyFile: {path} cannot be read or made ({failure.Message}); name a file this user may write, or set Data:Folder.");
        }
    }

    private static void Make(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var draft = $"{path}.{Guid.NewGuid():n}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new StreamWriter(draft, options))
        {
            file.Write(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Length)));
        }

        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }
}
