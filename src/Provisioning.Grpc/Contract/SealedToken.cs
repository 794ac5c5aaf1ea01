using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Provisioning.Storage;

namespace Provisioning.Contract;

/// <summary>
/// Page and resume tokens: opaque to the caller, bound to what they were made for, and refused when anybody else made
/// or altered them.
/// </summary>
internal sealed class SealedTokens(RootKey root)
{
    private const int MacLength = 16;
    private readonly byte[] _key = root.Derive("sealed tokens");

    /// <summary>Seals a value for one purpose; opening it needs the same purpose.</summary>
    public string Seal(string purpose, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        return Base64Url.EncodeToString([.. Mac(purpose, bytes), .. bytes]);
    }

    /// <summary>The sealed value; null when the token is not one of ours for this purpose.</summary>
    public string? Open(string purpose, string token)
    {
        if (token.Length > 4_000 || !Base64Url.IsValid(token))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(token);
        return bytes.Length >= MacLength
            && CryptographicOperations.FixedTimeEquals(bytes.AsSpan(0, MacLength), Mac(purpose, bytes.AsSpan(MacLength)))
                ? Encoding.UTF8.GetString(bytes.AsSpan(MacLength))
                : null;
    }

    private byte[] Mac(string purpose, ReadOnlySpan<byte> value) =>
        HMACSHA256.HashData(_key, (byte[])[.. SHA256.HashData(Encoding.UTF8.GetBytes(purpose)), .. value])[..MacLength];
}
