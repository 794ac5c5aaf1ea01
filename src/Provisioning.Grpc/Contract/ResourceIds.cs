using System.Buffers.Binary;

namespace Provisioning.Contract;

/// <summary>
/// Ids such as "tea_01k…": a kind, and a UUIDv7 in lower-case Crockford base32. They order by the time they were made.
/// </summary>
internal static class ResourceIds
{
    public const string Teammate = "tea", Template = "tpl", Group = "grp", Token = "tok", Connection = "con", Company = "com",
        LogEntry = "log", Count = "cnt", Session = "ses";

    public static string New(string kind, DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7(now).TryWriteBytes(bytes, bigEndian: true, out _);

        WriteFraction(bytes, now);
        return $"{kind}_{Crockford.Encode(bytes)}";
    }

    /// <summary>What every id of a kind made at a time or later is not before, and every earlier one is before.</summary>
    public static string Floor(string kind, DateTimeOffset time)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BinaryPrimitives.WriteInt64BigEndian(bytes, Math.Max(0, time.ToUnixTimeMilliseconds()) << 16);
        WriteFraction(bytes, time);
        return $"{kind}_{Crockford.Encode(bytes)}";
    }

    /// <summary>The bits after the version carry the fraction of the millisecond (RFC 9562 section 6.2, method 3).</summary>
    private static void WriteFraction(Span<byte> bytes, DateTimeOffset time)
    {
        var fraction = (int)(time.Ticks % TimeSpan.TicksPerMillisecond * 4096 / TimeSpan.TicksPerMillisecond);
        bytes[6] = (byte)(0x70 | fraction >> 8);
        bytes[7] = (byte)fraction;
    }
}

/// <summary>Crockford's base32, lower-case and without padding: no letter is mistaken for a digit.</summary>
internal static class Crockford
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <summary>
    /// Encodes from the most significant bit on; the last character is filled with zero bits on the left, so that order is kept.
    /// </summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var characters = new char[(bytes.Length * 8 + 4) / 5];
        var (buffer, bits, next) = (0u, characters.Length * 5 - bytes.Length * 8, 0);
        foreach (var value in bytes)
        {
            buffer = buffer << 8 | value;
            for (bits += 8; bits >= 5; bits -= 5)
            {
                characters[next++] = Alphabet[(int)(buffer >> (bits - 5) & 31)];
            }
        }

        return new string(characters);
    }
}
