using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using Provisioning.Contract;

namespace Provisioning.Access;

/// <summary>
/// A token's value: "tp_", 256 random bits and a checksum, so that scanners recognise a leaked one and a mistyped one
/// is told from an unknown one.
/// </summary>
internal static class TokenSecret
{
    public const string Prefix = "tp_";

    /// <summary>How long a value may be that somebody brings along in a bootstrap file.</summary>
    public const int MinLength = 32, MaxLength = 500;

    private const int BodyLength = 52, ChecksumLength = 7, HintLength = 8;

    public static string New()
    {
        var body = Crockford.Encode(RandomNumberGenerator.GetBytes(32));
        return Prefix + body + Checksum(body);
    }

    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    public static string Hint(string secret) => secret[..Math.Min(HintLength, secret.Length / 4)] + "…";

    /// <summary>How a value begins, as <see cref="Hint"/> tells it of a token; null for one that is too short to be told apart.</summary>
    public static string? Beginning(string secret) => secret.Length > HintLength ? secret[..HintLength] + "…" : null;

    /// <summary>Whether a value has our prefix and yet was never made by us.</summary>
    public static bool IsMistyped(string secret) =>
        secret.StartsWith(Prefix, StringComparison.Ordinal)
        && (secret.Length != Prefix.Length + BodyLength + ChecksumLength
            || secret[^ChecksumLength..] != Checksum(secret[Prefix.Length..^ChecksumLength]));

    private static string Checksum(string body)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Crc32.HashToUInt32(Encoding.ASCII.GetBytes(body)));
        return Crockford.Encode(bytes);
    }
}
