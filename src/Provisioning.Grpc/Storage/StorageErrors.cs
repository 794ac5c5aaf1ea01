using System.Data.Common;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Provisioning.Storage;

/// <summary>What an engine's exception means, in one place for both.</summary>
internal static class StorageErrors
{
    private const int SqliteIo = 10, SqliteConstraintUnique = 2067, SqliteConstraintForeignKey = 787, SqliteConstraintPrimaryKey = 1555;

    /// <summary>
    /// The database cannot be reached, or does not do now what it did before: a fault of it, whatever its code, such as a primary that
    /// became read-only (25006), a missing table after a restore (42P01) or a pooler that mixes prepared statements up (42P05).
    /// </summary>
    public static bool IsUnavailable(Exception failure) =>
        Chain(failure).Any(each => each is DbException or SocketException or TimeoutException);

    /// <summary>
    /// The database went while it was asked, so that nobody knows whether it did what was asked. An answer of its own is no such failure.
    /// </summary>
    public static bool IsOutcomeUnknown(Exception failure) => Chain(failure).Any(each => each switch
    {
        PostgresException postgres => postgres.SqlState[..2] is "08" or "57",
        SqliteException sqlite => sqlite.SqliteErrorCode == SqliteIo,
        NpgsqlException or SocketException or TimeoutException => true,
        _ => false,
    });

    /// <summary>Another writer was faster: the whole write is worth another try.</summary>
    public static bool IsLostRace(Exception failure) =>
        failure is DbUpdateConcurrencyException
        || Chain(failure).Any(each => each is
            PostgresException
            {
                SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
                    or PostgresErrorCodes.ForeignKeyViolation
            }
            or SqliteException { SqliteExtendedErrorCode: SqliteConstraintForeignKey });

    /// <summary>What was to be unique and is not: text that names table and columns; null for other failures.</summary>
    public static string? Duplicate(Exception failure) => Chain(failure).Select(each => each switch
    {
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } postgres => $"{postgres.TableName} {postgres.ConstraintName}",
        SqliteException { SqliteExtendedErrorCode: SqliteConstraintUnique or SqliteConstraintPrimaryKey } sqlite => sqlite.Message,
        _ => null,
    }).FirstOrDefault(text => text is not null);

    private static IEnumerable<Exception> Chain(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
        {
            yield return failure;
        }
    }
}
