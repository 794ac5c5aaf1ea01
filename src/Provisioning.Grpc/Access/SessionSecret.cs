using System.Security.Cryptography;
using System.Text;
using Provisioning.Contract;

namespace Provisioning.Access;

/// <summary>The secrets of sessions and sign-in links: 256 random bits, known by their SHA-256.</summary>
internal static class SessionSecret
{
    private const int MaxLength = 100;

    public static string New() => Crockford.Encode(RandomNumberGenerator.GetBytes(32));

    /// <summary>The hash by which a secret is found; null for what cannot be one.</summary>
    public static byte[]? Hash(string secret) =>
        secret.Length is > 0 and <= MaxLength ? SHA256.HashData(Encoding.UTF8.GetBytes(secret)) : null;
}
