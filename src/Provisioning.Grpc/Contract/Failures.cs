using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Provisioning.Patch;
using Provisioning.V1;
using RpcStatus = Google.Rpc.Status;

namespace Provisioning.Contract;

/// <summary>
/// Every way a call fails, one constructor each, so that code, reason, sentence and details cannot drift apart. Each
/// sentence is written for the admin who reads it in the identity provider's task list.
/// </summary>
internal static class Failures
{
    /// <summary>The domain of every ErrorInfo.</summary>
    public const string Domain = "provisioning";

    public static RpcException TokenMissing() => Make(Code.Unauthenticated, ErrorReason.TokenMissing,
        "No API token was sent. Send the header \"Authorization: Bearer\" followed by the token.");

    public static RpcException TokenUnknown(bool mistyped) => Make(Code.Unauthenticated, ErrorReason.TokenUnknown, mistyped
        ? "The API token was mistyped or cut: its checksum is wrong. Copy the whole value again from the settings, API tokens."
        : "This API token is not known here. Copy the value again from the settings, API tokens, and check that the address belongs to "
            + "the same service.");

    public static RpcException TokenExpired(string tokenId, DateTimeOffset time) => Make(Code.Unauthenticated, ErrorReason.TokenExpired,
        $"The API token expired at {Iso(time)}. Create a new one in the settings and paste it into the identity provider.",
        ("token", tokenId), ("expireTime", Iso(time)));

    public static RpcException TokenRevoked(string tokenId) => Make(Code.Unauthenticated, ErrorReason.TokenRevoked,
        "The API token was revoked. Create a new one in the settings and paste it into the identity provider.", ("token", tokenId));

    public static RpcException ScopeMissing(IEnumerable<string> needed, IEnumerable<string> had)
    {
        var (needs, has) = (string.Join(" or ", needed), string.Join(", ", had));
        return Make(Code.PermissionDenied, ErrorReason.ScopeMissing,
            $"The API token lacks the scope {needs}; it has {has}. Create a token with that scope in the settings.",
            ("needed", needs), ("had", has));
    }

    public static RpcException SessionEnded() => Make(Code.Unauthenticated, ErrorReason.SessionEnded,
        "The session has ended. Ask the operator of this service for a sign-in link and sign in again.");

    public static RpcException SignInLinkInvalid() => Make(Code.Unauthenticated, ErrorReason.SignInLinkInvalid,
        "This sign-in link was used already, has run out, or is no link of this service. Ask the operator of this service for another.");

    public static RpcException OriginRefused() => Make(Code.PermissionDenied, ErrorReason.OriginRefused,
        "Signing in is possible from the settings pages alone, over HTTPS unless on this machine itself. Open the link in a browser; "
            + "behind a proxy, set Settings:PublicUrl to the address that browsers use.");

    public static RpcException NotCompanyAdmin(string userName) => Make(Code.FailedPrecondition, ErrorReason.NotCompanyAdmin,
        $"{userName} is no active company admin. Unblock the teammate, or make another teammate a company admin.");

    public static RpcException SessionNotFound(string id) => NotFound(ErrorReason.SessionNotFound, "session", id);

    public static RpcException CompanyRequired() => Make(Code.InvalidArgument, ErrorReason.CompanyRequired,
        $"This token belongs to no company. Name one, by id or slug, in the metadata \"{CallHeaders.Company}\".");

    public static RpcException FeatureNotEnabled(string company, string feature) =>
        Make(Code.PermissionDenied, ErrorReason.FeatureNotEnabled,
        feature == "scim"
            ? $"The plan of {company} does not include auto provisioning. Ask your account manager or the operator of this service to "
                + "enable it; until then teammates can only be read and blocked."
            : $"The plan of {company} does not include teammate templates. Ask your account manager or the operator of this service to "
                + "enable them.",
        ("feature", feature));

    public static RpcException SeatLimitReached(string company, long limit) => Make(Code.PermissionDenied, ErrorReason.SeatLimitReached,
        $"All {limit.ToString(CultureInfo.InvariantCulture)} seats of {company} are taken. Block a teammate who left, or ask for more "
            + "seats.",
        ("seatLimit", limit.ToString(CultureInfo.InvariantCulture)));

    public static RpcException LastCompanyAdmin(string userName) => Make(Code.FailedPrecondition, ErrorReason.LastCompanyAdmin,
        $"{userName} is the last active company admin. Make another teammate a company admin first.");

    public static RpcException FieldNotWritable(string field, string remedy) => Make(Code.PermissionDenied, ErrorReason.FieldNotWritable,
        $"{field} may not be set by this token. {remedy}", ("field", field));

    /// <summary>One faulty field, by its path in the request, with a whole sentence.</summary>
    public static RpcException InvalidField(string field, string sentence) => InvalidFields([(field, sentence)]);

    public static RpcException InvalidFields(IReadOnlyCollection<(string Field, string Sentence)> faults)
    {
        var details = new BadRequest();
        details.FieldViolations.AddRange(faults.Select(fault =>
            new BadRequest.Types.FieldViolation { Field = fault.Field, Description = fault.Sentence }));
        return Make(Code.InvalidArgument, ErrorReason.InvalidField,
            string.Join(" ", faults.Select(fault => fault.Sentence)), [("field", faults.First().Field)], details);
    }

    /// <summary>A body names something that is not there, or is another company's: 404 speaks only of what the address names.</summary>
    /// <param name="field">The field's path in the request.</param>
    /// <param name="kind">What it should name, such as "teammate".</param>
    /// <param name="id">The id given.</param>
    public static RpcException UnknownReference(string field, string kind, string id) =>
        InvalidField(field,
            $"{field} names {Shorten(id)}, and there is no {kind} with that id in this company. "
                + "Nothing was applied; correct or remove it.");

    public static RpcException InvalidFilter(string attribute, string sentence) =>
        Make(Code.InvalidArgument, ErrorReason.InvalidFilter, sentence, ("attribute", attribute));

    /// <summary>A step of a PATCH cannot be applied.</summary>
    /// <param name="path">The step's path.</param>
    /// <param name="failure">Why.</param>
    public static RpcException Patch(string path, PatchException failure) => failure.Fault switch
    {
        PatchFault.InvalidPath => Make(Code.InvalidArgument, ErrorReason.InvalidPath, failure.Message, ("path", Shorten(path))),
        PatchFault.NoTarget => Make(Code.InvalidArgument, ErrorReason.NoTarget, failure.Message, ("path", Shorten(path))),
        PatchFault.Mutability => Make(Code.InvalidArgument, ErrorReason.AttributeNotMutable, failure.Message, ("path", Shorten(path))),
        _ => InvalidField(Shorten(path), failure.Message),
    };

    public static RpcException InvalidPageToken() => Make(Code.InvalidArgument, ErrorReason.InvalidPageToken,
        "The page token is damaged or belongs to another list. Start again without one.");

    public static RpcException RequestIdReused() => Make(Code.InvalidArgument, ErrorReason.RequestIdReused,
        "This request_id came with another request within the last 24 hours. Use a fresh UUID for each request.");

    public static RpcException ToleranceRefused(string tolerance) => Make(Code.InvalidArgument, ErrorReason.ToleranceRefused,
        $"This connection is strict and the request relied on a tolerance ({tolerance}). Send what RFC 7643 and 7644 say, or switch "
            + "strictness off for this connection.",
        ("tolerance", tolerance));

    public static RpcException InvalidResumeToken() => Make(Code.InvalidArgument, ErrorReason.InvalidResumeToken,
        "The resume token is damaged or belongs to another feed.");

    public static RpcException ResumeTokenExpired() => Make(Code.OutOfRange, ErrorReason.ResumeTokenExpired,
        "Changes after this resume token are no longer kept. List the teammates again and watch from the start.");

    public static RpcException NotFound(ErrorReason reason, string kind, string id) => Make(Code.NotFound, reason,
        $"There is no {kind} with the id {Shorten(id)} in this company.", [],
        new ResourceInfo { ResourceType = kind, ResourceName = Shorten(id) });

    public static RpcException TeammateNotFound(string id) => NotFound(ErrorReason.TeammateNotFound, "teammate", id);

    public static RpcException TemplateNotFound(string id) => NotFound(ErrorReason.TemplateNotFound, "teammate template", id);

    public static RpcException GroupNotFound(string id) => NotFound(ErrorReason.GroupNotFound, "teammate group", id);

    public static RpcException GroupManaged(string group, string connectionId, string connection) =>
        Make(Code.FailedPrecondition, ErrorReason.GroupManaged,
        $"The teammate group {group} is managed by {connection}. Change its name and members there.", ("connection", connectionId));

    public static RpcException GroupTakeoverRefused(string group) => Make(Code.FailedPrecondition, ErrorReason.GroupManaged,
        $"The teammate group {group} is kept by hand, and this company does not let identity providers take groups over. Rename one of "
            + "the two, or ask the operator of this service to change the company's setting.",
        ("connection", ""));

    public static RpcException GroupNameTaken(string name, bool managed) => Make(Code.AlreadyExists, ErrorReason.GroupNameTaken,
        $"A teammate group named {name} already exists in this company{(managed ? " and is managed by an identity provider" : "")}. Use "
            + "another name, or link the group that is there.",
        ("field", "displayName"), ("value", name));

    public static RpcException CompanyNotFound(string id) => Make(Code.NotFound, ErrorReason.CompanyNotFound,
        $"There is no company {Shorten(id)}.", [], new ResourceInfo { ResourceType = "company", ResourceName = Shorten(id) });

    public static RpcException UserNameTaken(string userName) => Make(Code.AlreadyExists, ErrorReason.UserNameTaken,
        $"A teammate with userName {userName} already exists in this company. Import teammates into the identity provider to link them, "
            + "or use another user name.",
        ("field", "userName"), ("value", userName));

    public static RpcException TemplateNameTaken(string name) => Make(Code.AlreadyExists, ErrorReason.TemplateNameTaken,
        $"A teammate template named {name} already exists in this company.", ("field", "name"), ("value", name));

    public static RpcException SlugTaken(string slug) => Make(Code.AlreadyExists, ErrorReason.SlugTaken,
        $"A company with the slug {slug} already exists.", ("field", "slug"), ("value", slug));

    public static RpcException ETagMismatch(string present) => Make(Code.Aborted, ErrorReason.EtagMismatch,
        $"Somebody else changed it meanwhile; its etag is now {present}. Read it again and repeat the change.", ("etag", present));

    public static RpcException ConcurrentWrite() => Make(Code.Aborted, ErrorReason.ConcurrentWrite,
        "Too many writers changed the same thing at once. Nothing was applied; try again.");

    public static RpcException StorageUnavailable() => Make(Code.Unavailable, ErrorReason.StorageUnavailable,
        "The database did not answer. Try again in a moment.");

    public static RpcException RequestTooLarge(string what) => Make(Code.ResourceExhausted, ErrorReason.RequestTooLarge, what);

    /// <summary>A JSON request whose body is of a kind that the service does not take.</summary>
    public static RpcException UnsupportedMedia(string header, string sentence) =>
        Make(Code.InvalidArgument, ErrorReason.UnsupportedMedia, sentence, ("header", header));

    public static RpcException UnknownMethod(string method) =>
        Make(Code.Unimplemented, ErrorReason.UnknownMethod, $"There is no rpc {method} here.");

    public static RpcException Internal(string errorId) => Make(Code.Internal, ErrorReason.Internal,
        $"Something went wrong on our side. Nothing was applied as far as we know; give the id {errorId} to the operator.",
            ("errorId", errorId));

    /// <summary>The reason a failed call carries; unspecified for failures that are not ours.</summary>
    public static ErrorReason ReasonOf(RpcException failure) =>
        failure.GetRpcStatus()?.GetDetail<ErrorInfo>() is { Domain: Domain } info && ReasonsByName.TryGetValue(info.Reason, out var reason)
            ? reason : ErrorReason.Unspecified;

    /// <summary>A reason's name on the wire: the enum value's without its prefix.</summary>
    public static string NameOf(ErrorReason reason) =>
        ErrorReasonReflection.Descriptor.EnumTypes[0].FindValueByNumber((int)reason).Name["ERROR_REASON_".Length..];

    private static readonly Dictionary<string, ErrorReason> ReasonsByName = System.Enum.GetValues<ErrorReason>().ToDictionary(NameOf);

    private static RpcException Make(Code code, ErrorReason reason, string sentence, params (string Key, string Value)[] metadata) =>
        Make(code, reason, sentence, metadata, []);

    private static RpcException Make(
        Code code, ErrorReason reason, string sentence, (string Key, string Value)[] metadata, params IMessage[] details)
    {
        var info = new ErrorInfo { Reason = NameOf(reason), Domain = Domain };
        foreach (var (key, value) in metadata)
        {
            info.Metadata.Add(key, value);
        }

        var status = new RpcStatus { Code = (int)code, Message = sentence, Details = { Any.Pack(info) } };
        status.Details.AddRange(details.Select(Any.Pack));
        return status.ToRpcException();
    }

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Shorten(string id) => id.Length <= 100 ? id : id[..100] + "…";
}
