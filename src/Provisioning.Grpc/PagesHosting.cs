namespace Provisioning;

/// <summary>Serves the settings pages: files, and the one page that opens them at whatever address they know.</summary>
internal static class PagesHosting
{
    private const string Html = "text/html", StartPage = "index.html";

    /// <summary>
    /// Scripts from here alone; WebAssembly must be compiled; the component library styles elements inline; nobody may
    /// put the pages into a frame, and they call nobody else.
    /// </summary>
    private const string Policy =
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src "
            + "'self'; " +
        "connect-src 'self'; manifest-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Guards whatever a browser opens as a page, before everything that answers it.</summary>
    public static void UsePagesGuard(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (AsksForPage(context.Request))
        {
            Guard(context.Response.Headers);
        }

        return next(context);
    });

    /// <summary>Maps the pages behind everything else.</summary>
    public static void MapPages(this WebApplication app)
    {
        app.MapStaticAssets();
        app.MapFallbackToFile("{**path:nonfile}", StartPage).Add(endpoint =>
        {
            var page = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context =>
            {
                if (AsksForPage(context.Request))
                {
                    return page(context);
                }

                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            };
        });
    }

    private static bool AsksForPage(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && request.Headers.Accept.ToString().Contains(Html, StringComparison.OrdinalIgnoreCase);

    private static void Guard(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-cache";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
    }
}
