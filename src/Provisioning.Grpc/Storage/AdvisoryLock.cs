using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Provisioning.Storage;

/// <summary>A lock within a company that lasts as long as the transaction. SQLite needs none: writers take turns there.</summary>
internal static class AdvisoryLock
{
    /// <summary>The number by which PostgreSQL knows a company's lock.</summary>
    public static long KeyOf(string what, string companyId) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{what}/{companyId}")));
}
