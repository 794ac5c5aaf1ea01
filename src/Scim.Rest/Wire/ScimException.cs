using System.Net;
using Provisioning.Filtering;
using Provisioning.Patch;
using Provisioning.V1;

namespace Scim.Wire;

/// <summary>Values of `scimType` (RFC 7644 section 3.12, RFC 9865 section 2.1).</summary>
internal static class ScimType
{
    public const string InvalidFilter = "invalidFilter", Uniqueness = "uniqueness", Mutability = "mutability",
        InvalidSyntax = "invalidSyntax", InvalidPath = "invalidPath", NoTarget = "noTarget", InvalidValue = "invalidValue",
        InvalidCursor = "invalidCursor", InvalidCount = "invalidCount";
}

/// <summary>The front end itself refuses a request: it could not be understood, so the core was never asked.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="scimType">The `scimType`; null where RFC 7644 names none.</param>
/// <param name="detail">
/// One sentence for the admin who reads it in the provider's task list. A long one loses its middle: it may quote what was sent.
/// </param>
/// <param name="reason">What the log shall say.</param>
internal sealed class ScimException(HttpStatusCode status, string? scimType, string detail, ErrorReason reason = ErrorReason.InvalidField)
    : Exception(Shorten(detail))
{
    /// <summary>How many characters a detail has at most, and how many of them are its end, which says what to do.</summary>
    private const int MaxDetail = 1_000, End = 300;

    public HttpStatusCode Status { get; } = status;

    public string? ScimType { get; } = scimType;

    public ErrorReason Reason { get; } = reason;

    public static ScimException Syntax(string detail) => new(HttpStatusCode.BadRequest, Wire.ScimType.InvalidSyntax, detail);

    public static ScimException Value(string detail) => new(HttpStatusCode.BadRequest, Wire.ScimType.InvalidValue, detail);

    public static ScimException Path(string detail) => new(HttpStatusCode.BadRequest, Wire.ScimType.InvalidPath, detail);

    public static ScimException Filter(string detail) =>
        new(HttpStatusCode.BadRequest, Wire.ScimType.InvalidFilter, detail, ErrorReason.InvalidFilter);

    /// <summary>What the front end found by the contract's own rules.</summary>
    /// <param name="failure">A <see cref="PatchException"/> or a <see cref="FilterFormatException"/>.</param>
    public static ScimException Of(Exception failure) => failure switch
    {
        PatchException { Fault: PatchFault.InvalidPath } => Path(failure.Message),
        PatchException { Fault: PatchFault.NoTarget } => NoTarget(failure.Message),
        PatchException { Fault: PatchFault.Mutability } => Mutability(failure.Message),
        FilterFormatException => Filter(failure.Message),
        _ => Value(failure.Message),
    };

    public static ScimException Cursor() =>
        new(HttpStatusCode.BadRequest, Wire.ScimType.InvalidCursor, ScimError.WrongCursor, ErrorReason.InvalidPageToken);

    public static ScimException NoTarget(string detail) => new(HttpStatusCode.BadRequest, Wire.ScimType.NoTarget, detail);

    public static ScimException Mutability(string detail) => new(HttpStatusCode.BadRequest, Wire.ScimType.Mutability, detail);

    public static ScimException TooLarge(string detail) =>
        new(HttpStatusCode.RequestEntityTooLarge, null, detail, ErrorReason.RequestTooLarge);

    public static ScimException ReadOnly(string attribute) => Mutability(
        $"{attribute} is read-only. Remove it from the attributes that the identity provider sends.");

    private static string Shorten(string detail) => detail.Length <= MaxDetail
        ? detail
        : Folding.Storable($"{detail[..(MaxDetail - End - 1)]}…{detail[^End..]}");
}
