using System.Globalization;
using Grpc.Core;
using Provisioning.Contract;

namespace Provisioning.Access;

/// <summary>
/// The cookie that holds a session's secret: HttpOnly, SameSite=Strict, and Secure but on loopback. Before any rpc the
/// host turns it into metadata, for gRPC-Web calls from the pages' own origin alone; everything else never sees it. So no
/// other site's page, form or script can act in a session: it has another origin.
/// </summary>
internal sealed class SessionCookie
{
    /// <summary>Metadata that the host alone sets: the cookie's secret, and over what the browser came.</summary>
    public const string SecretHeader = "x-provisioning-session", BrowserHeader = "x-provisioning-browser";

    private const string Secure = "secure", Loopback = "loopback", PlainName = "provisioning-session", SecureName = "__Host-" + PlainName;

    private static readonly SessionCookie OverTls = new(SecureName, "; Secure"), OnLoopback = new(PlainName, "");

    private readonly string _name, _attributes;

    private SessionCookie(string name, string attributes) => (_name, _attributes) = (name, attributes);

    /// <summary>The cookie to give the browser that calls.</summary>
    /// <exception cref="RpcException">ORIGIN_REFUSED: it is none, or not at the pages' own origin.</exception>
    public static SessionCookie For(Metadata headers) => headers.GetValue(BrowserHeader) switch
    {
        Secure => OverTls,
        Loopback => OnLoopback,
        _ => throw Failures.OriginRefused(),
    };

    /// <summary>The Set-Cookie header that opens a session.</summary>
    public string Set(string secret) =>
        string.Create(CultureInfo.InvariantCulture,
            $"{_name}={secret}; Path=/; Max-Age={SessionTimes.Absolute.TotalSeconds}; HttpOnly; SameSite=Strict{_attributes}");

    /// <summary>Puts the rule before everything that the host maps.</summary>
    public static void UseIn(IApplicationBuilder app, CoreSettings settings) => app.Use((context, next) =>
    {
        var headers = context.Request.Headers;
        headers.Remove(SecretHeader);
        headers.Remove(BrowserHeader);
        var isGrpcWeb = context.Request.ContentType?.StartsWith("application/grpc-web", StringComparison.OrdinalIgnoreCase) == true;
        if (isGrpcWeb
            && OfOrigin(headers.Origin.ToString(), settings.HasPagesUrl ? settings.PagesUrl
                : $"{context.Request.Scheme}://{context.Request.Host}") is { } cookie)
        {
            headers[BrowserHeader] = cookie == OverTls ? Secure : Loopback;
            if (context.Request.Cookies[cookie._name] is { Length: > 0 } secret)
            {
                headers[SecretHeader] = secret;
            }
        }

        headers.Remove("Cookie");
        return next(context);
    });

    /// <summary>The cookie for an origin, if it is the pages' own and safe to keep a secret at.</summary>
    private static SessionCookie? OfOrigin(string origin, string own) =>
        !Uri.TryCreate(origin, UriKind.Absolute, out var theirs) || !Uri.TryCreate(own, UriKind.Absolute, out var ours)
            || theirs.GetLeftPart(UriPartial.Authority) != ours.GetLeftPart(UriPartial.Authority) ? null
        : theirs.Scheme == Uri.UriSchemeHttps ? OverTls
        : theirs.IsLoopback ? OnLoopback : null;
}
