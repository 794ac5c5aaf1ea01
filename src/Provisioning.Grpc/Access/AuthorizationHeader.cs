using System.Text;

namespace Provisioning.Access;

/// <summary>
/// The token in an authorization header: "Bearer X", "X" alone as some admins paste it, or Basic with the token as
/// password. Nothing else.
/// </summary>
internal static class AuthorizationHeader
{
    /// <summary>The token; null where there is none.</summary>
    public static string? Token(string? header)
    {
        var (scheme, rest) = Split((header ?? "").Trim());
        return (scheme.ToUpperInvariant(), rest) switch
        {
            ("", _) => null,
            ("BEARER" or "BASIC", "") => null,
            ("BEARER", _) => rest,
            ("BASIC", _) => Password(rest),
            (_, "") => scheme,
            _ => null,
        };
    }

    private static (string Scheme, string Value) Split(string header) =>
        header.IndexOf(' ', StringComparison.Ordinal) is var space and > 0 ? (header[..space], header[space..].Trim()) : (header, "");

    private static string? Password(string credentials)
    {
        var bytes = new byte[credentials.Length];
        if (!Convert.TryFromBase64String(credentials, bytes, out var length))
        {
            return null;
        }

        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        return pair.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0 && colon + 1 < pair.Length ? pair[(colon + 1)..] : null;
    }
}
