using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Grpc.Core;
using Provisioning.Client;
using Provisioning.V1;
using Scim.Tolerance;

namespace Scim.Wire;

/// <summary>An error as SCIM shows it (RFC 7644 section 3.12).</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Type">The `scimType`; null where RFC 7644 names none.</param>
/// <param name="Detail">One sentence for the admin who reads it.</param>
/// <param name="RetryAfter">After how many seconds another try makes sense; null when none does.</param>
internal sealed record ScimError(HttpStatusCode Status, string? Type, string Detail, int? RetryAfter = null)
{
    public const string Schema = "urn:ietf:params:scim:api:messages:2.0:Error";

    public const string WrongCursor =
        "The cursor is damaged, or belongs to another list, filter or order. Start again with an empty cursor.";

    private const int Soon = 5;

    public static ScimError Of(ScimException refusal) => new(refusal.Status, refusal.ScimType, refusal.Message);

    /// <summary>The core's refusal: the reason decides, not the status code.</summary>
    public static ScimError Of(ProvisioningException failure) => failure.Reason switch
    {
        ErrorReason.TokenMissing or ErrorReason.TokenUnknown or ErrorReason.TokenExpired or ErrorReason.TokenRevoked
            or ErrorReason.SessionEnded or ErrorReason.SignInLinkInvalid =>
            new(HttpStatusCode.Unauthorized, null, failure.Message),
        ErrorReason.ScopeMissing or ErrorReason.FeatureNotEnabled or ErrorReason.SeatLimitReached or ErrorReason.FieldNotWritable
            or ErrorReason.LastCompanyAdmin
            or ErrorReason.GroupManaged or ErrorReason.OriginRefused or ErrorReason.NotCompanyAdmin =>
            new(HttpStatusCode.Forbidden, null, failure.Message),
        ErrorReason.InvalidFilter => new(HttpStatusCode.BadRequest, ScimType.InvalidFilter, failure.Message),
        ErrorReason.ToleranceRefused => new(HttpStatusCode.BadRequest,
            ScimTypeOf(failure.Metadata.TryGetValue("tolerance", out var used) ? used : ""), failure.Message),
        ErrorReason.InvalidField or ErrorReason.CompanyRequired or ErrorReason.RequestIdReused
            or ErrorReason.InvalidResumeToken or ErrorReason.ResumeTokenExpired =>
            new(HttpStatusCode.BadRequest, ScimType.InvalidValue, failure.Message),
        ErrorReason.InvalidPath => new(HttpStatusCode.BadRequest, ScimType.InvalidPath, failure.Message),
        ErrorReason.NoTarget => new(HttpStatusCode.BadRequest, ScimType.NoTarget, failure.Message),
        ErrorReason.AttributeNotMutable => new(HttpStatusCode.BadRequest, ScimType.Mutability, failure.Message),
        ErrorReason.InvalidPageToken => new(HttpStatusCode.BadRequest, ScimType.InvalidCursor, WrongCursor),
        ErrorReason.TeammateNotFound or ErrorReason.TemplateNotFound or ErrorReason.TokenNotFound or ErrorReason.ConnectionNotFound
            or ErrorReason.CompanyNotFound or ErrorReason.GroupNotFound or ErrorReason.SessionNotFound or ErrorReason.UnknownMethod =>
            new(HttpStatusCode.NotFound, null, failure.Message),
        ErrorReason.UserNameTaken or ErrorReason.TemplateNameTaken or ErrorReason.SlugTaken or ErrorReason.GroupNameTaken =>
            new(HttpStatusCode.Conflict, ScimType.Uniqueness, failure.Message),
        ErrorReason.EtagMismatch => new(HttpStatusCode.PreconditionFailed, null, failure.Message),
        ErrorReason.ConcurrentWrite or ErrorReason.StorageUnavailable => new(HttpStatusCode.ServiceUnavailable, null, failure.Message,
            Soon),
        ErrorReason.UnsupportedMedia => new(HttpStatusCode.UnsupportedMediaType, null, failure.Message),
        ErrorReason.RequestTooLarge => new(HttpStatusCode.RequestEntityTooLarge, null, failure.Message),
        ErrorReason.Internal => new(HttpStatusCode.InternalServerError, null, failure.Message),
        ErrorReason.Unspecified => OfTransport(failure.StatusCode),
    };

    /// <summary>The `scimType` of what a strict connection refuses: a name in another form is no path of RFC 7644.</summary>
    private static string ScimTypeOf(string tolerances) =>
        tolerances.Split(',').Contains(nameof(Tolerated.AttributeForm)) ? ScimType.InvalidPath : ScimType.InvalidSyntax;

    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["schemas"] = new JsonArray(Schema),
            ["status"] = ((int)Status).ToString(CultureInfo.InvariantCulture),
        };
        if (Type is not null)
        {
            json["scimType"] = Type;
        }

        json["detail"] = Detail;
        return json;
    }

    /// <summary>The call itself failed, before or after the core decided.</summary>
    private static ScimError OfTransport(StatusCode code) => code switch
    {
        StatusCode.DeadlineExceeded => new(HttpStatusCode.GatewayTimeout, null,
            "The provisioning service took too long. The change may have been made; the next push will settle it.", Soon),
        StatusCode.ResourceExhausted => new(HttpStatusCode.RequestEntityTooLarge, null, "The request is larger than the service takes."),
        StatusCode.Unavailable or StatusCode.Cancelled => new(HttpStatusCode.ServiceUnavailable, null,
            "The provisioning service does not answer at the moment. Try again shortly.", Soon),
        _ => new(HttpStatusCode.InternalServerError, null,
            "Something went wrong on our side. Try again; if it stays, tell the operator of this service."),
    };
}
