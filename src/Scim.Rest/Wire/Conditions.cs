using Microsoft.Extensions.Primitives;

namespace Scim.Wire;

/// <summary>
/// If-Match and If-None-Match (RFC 7644 section 3.14). A version is compared weakly, and by its first part: what stands
/// behind a dot tells of groups, which a write of the resource does not touch.
/// </summary>
internal sealed record Conditions(IReadOnlyList<string> IfMatch, IReadOnlyList<string> IfNoneMatch)
{
    /// <summary>An empty version is one that nothing has.</summary>
    private const string Anything = "*", Nothing = "none";

    public static readonly Conditions None = new([], []);

    public static Conditions Of(IHeaderDictionary headers) => new(Versions(headers.IfMatch), Versions(headers.IfNoneMatch));

    /// <summary>The conditions of a bulk operation's `version`.</summary>
    public static Conditions OfVersion(string? version) => new(Versions(version), []);

    /// <summary>Whether a reader has this version already.</summary>
    public bool HasAlready(string version) => IfNoneMatch.Any(each => each == Anything || each == Opaque(version));

    /// <summary>The etag to write under; empty for any. A choice of several is settled by the present one.</summary>
    /// <exception cref="ScimException">412: none of the versions given is the present one, or the one that was not to be is.</exception>
    public async Task<string> EtagAsync(Func<Task<string>> present)
    {
        if (IfMatch is [var only] && IfNoneMatch.Count == 0)
        {
            return only == Anything ? "" : FirstPart(only);
        }

        if (IfMatch.Count == 0 && IfNoneMatch.Count == 0)
        {
            return "";
        }

        var etag = await present();
        return (IfMatch.Count == 0 || IfMatch.Any(each => each == Anything || FirstPart(each) == etag))
            && !IfNoneMatch.Any(each => each == Anything || FirstPart(each) == etag)
                ? etag
                : throw new ScimException(System.Net.HttpStatusCode.PreconditionFailed, null,
                    $"The version is now W/\"{etag}\", which the request's If-Match or If-None-Match rules out. Read it again and repeat "
                        + "the change.",
                    Provisioning.V1.ErrorReason.EtagMismatch);
    }

    private static string[] Versions(StringValues header) =>
        [.. header.SelectMany(value => (value ?? "").Split(',')).Select(each => each.Trim()).Where(each => each.Length > 0).Select(Opaque)];

    private static string Opaque(string version) =>
        (version.StartsWith("W/", StringComparison.OrdinalIgnoreCase) ? version[2..] : version).Trim('"') is { Length: > 0 } opaque
            ? opaque
            : Nothing;

    private static string FirstPart(string version) => version.Split('.')[0];
}
