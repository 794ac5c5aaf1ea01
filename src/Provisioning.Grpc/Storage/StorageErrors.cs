using System.Data.Common;
using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;

namespace Provisioning.Storage;

/// <summary>What a failure of the database means, whichever engine it is.</summary>
internal static class StorageErrors
{
    /// <summary>
    /// The database cannot be reached, or does not do now what it did before: a fault of it, whatever its code, such as a primary that
    /// became read-only (25006), a missing table after a restore (42P01) or a pooler that mixes prepared statements up (42P05).
    /// </summary>
    public static bool IsUnavailable(Exception failure) =>
        Chain(failure).Any(each => each is DbException or SocketException or TimeoutException);

    /// <summary>
    /// The database went while it was asked, so that nobody knows whether it did what was asked. An answer of its own is no such failure.
    /// </summary>
    public static bool IsOutcomeUnknown(Exception failure) =>
        Chain(failure).Any(each => Engine.All.Any(engine => engine.IsOutcomeUnknown(each)));

    /// <summary>Another writer was faster: the whole write is worth another try.</summary>
    public static bool IsLostRace(Exception failure) => failure is DbUpdateConcurrencyException
        || Chain(failure).Any(each => Engine.All.Any(engine => engine.IsLostRace(each)));

    /// <summary>What was to be unique and is not: text that names table and columns; null for other failures.</summary>
    public static string? Duplicate(Exception failure) =>
        Chain(failure).SelectMany(each => Engine.All.Select(engine => engine.Duplicate(each))).FirstOrDefault(text => text is not null);

    private static IEnumerable<Exception> Chain(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
        {
            yield return failure;
        }
    }
}
