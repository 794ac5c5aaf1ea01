using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Scim.Connection;

/// <summary>
/// How long a request's address may be. Ours lies below the server's own limit, so that we can answer what is too long in SCIM's form;
/// what is longer still the server refuses without a body.
/// </summary>
internal static class RequestLine
{
    /// <summary>In bytes: a filter of the longest kind, with every character percent-encoded, fits in.</summary>
    public const int MaxBytes = 96 * 1024;

    private const int ServerMaxBytes = 128 * 1024, ServerMaxHeaderBytes = 160 * 1024;

    /// <summary>Lets the server take what we answer.</summary>
    public static void Allow(KestrelServerLimits limits)
    {
        limits.MaxRequestLineSize = ServerMaxBytes;
        limits.MaxRequestHeadersTotalSize = ServerMaxHeaderBytes;
        limits.Http2.MaxRequestHeaderFieldSize = ServerMaxBytes;
    }

    /// <summary>Whether a request's address is longer than we take.</summary>
    public static bool IsTooLong(HttpRequest request) => request.Path.Value!.Length + request.QueryString.Value!.Length > MaxBytes;
}
