using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Provisioning.Storage;

/// <summary>What an engine's exception means, in one place for both.</summary>
internal static class StorageErrors
{
    private const int SqliteBusy = 5, SqliteLocked = 6, SqliteIo = 10, SqliteFull = 13, SqliteCantOpen = 14, SqliteConstraintUnique = 2067, SqliteConstraintForeignKey = 787,
        SqliteConstraintPrimaryKey = 1555;

    /// <summary>The database cannot be reached or cannot write now.</summary>
    public static bool IsUnavailable(Exception failure) => Chain(failure).Any(each => each switch
    {
        PostgresException postgres => postgres.SqlState[..2] is "08" or "53" or "57",
        NpgsqlException => true,
        SocketException or TimeoutException => true,
        SqliteException sqlite => sqlite.SqliteErrorCode is SqliteBusy or SqliteLocked or SqliteIo or SqliteFull or SqliteCantOpen,
        _ => false,
    });

    /// <summary>Another writer was faster: the whole write is worth another try.</summary>
    public static bool IsLostRace(Exception failure) =>
        failure is DbUpdateConcurrencyException
        || Chain(failure).Any(each => each is
            PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.ForeignKeyViolation }
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
