using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;

namespace Provisioning.Storage;

/// <summary>A lock within a company that lasts as long as the transaction. SQLite needs none: writers take turns there.</summary>
internal static class AdvisoryLock
{
    public static async Task TakeAsync(Write write, string what)
    {
        if (write.Provider == StorageProvider.Postgres)
        {
            await write.Db.Database.ExecuteSqlRawAsync(
                "SELECT pg_advisory_xact_lock({0})", [KeyOf(what, write.CompanyId)], write.Cancellation);
        }
    }

    /// <summary>The number by which PostgreSQL knows a company's lock.</summary>
    public static long KeyOf(string what, string companyId) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{what}/{companyId}")));
}
