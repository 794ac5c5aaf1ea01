using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Provisioning;

/// <summary>The core as a process of its own.</summary>
public static class CoreHost
{
    /// <summary>Above what any message may be, so that one that is too large is answered rather than cut off.</summary>
    private const long MaxRequestBody = 8 * 1024 * 1024;

    /// <summary>Where the core alone listens for HTTP unless told otherwise.</summary>
    public const string DefaultHttp = "http://127.0.0.1:5082";

    /// <summary>Composes the host; storage is prepared by <see cref="CoreHosting.StartCoreAsync"/> before it runs.</summary>
    /// <exception cref="SettingException">A setting is wrong.</exception>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        var settings = CoreSettings.Read(builder.Configuration, DefaultHttp);
        Listen(builder, DefaultHttp, "http://127.0.0.1:5081");
        Quieten(builder.Logging);
        builder.Services.AddCore(settings);
        builder.Services.AddCoreServer();
        builder.WebHost.UseStaticWebAssets();
        var app = builder.Build();
        app.UsePagesGuard();
        app.UseRouting();
        app.UseCore();
        app.MapCore();
        app.MapPages();
        return app;
    }

    /// <summary>Logs what an operator should read, unless the settings ask for more: not every statement and request.</summary>
    public static void Quieten(ILoggingBuilder logging)
    {
        foreach (var source in (string[])["Microsoft.AspNetCore", "Grpc", "System.Net.Http"])
        {
            logging.AddFilter(source, LogLevel.Warning);
        }

        // EF Core logs every refused duplicate and lost race as an error; those that are errors are logged at the rim.
        logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.None);
    }

    /// <summary>
    /// Listens where the settings say: HTTP/1.1 and HTTP/2 on `Listen:Http`, plain or TLS; HTTP/2 alone on
    /// `Listen:Grpc`, since without TLS the two cannot share a port.
    /// </summary>
    /// <exception cref="SettingException">A URL is wrong.</exception>
    public static void Listen(WebApplicationBuilder builder, string http, string grpc)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var (web, rpc) = (CoreSettings.ListenUrl(builder.Configuration, "Listen:Http", http),
            CoreSettings.ListenUrl(builder.Configuration, "Listen:Grpc", grpc));
        builder.WebHost.UseUrls();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBody;
            ListenAt(kestrel, web, HttpProtocols.Http1AndHttp2);
            ListenAt(kestrel, rpc, HttpProtocols.Http2);
        });
    }

    private static void ListenAt(KestrelServerOptions kestrel, Uri url, HttpProtocols protocols)
    {
        void Configure(ListenOptions options)
        {
            options.Protocols = url.Scheme == "https" || protocols == HttpProtocols.Http2 ? protocols : HttpProtocols.Http1;
            if (url.Scheme == "https")
            {
                options.UseHttps();
            }
        }

        if (System.Net.IPAddress.TryParse(url.Host.Trim('[', ']'), out var address))
        {
            kestrel.Listen(address, url.Port, Configure);
        }
        else if (url.Host == "localhost")
        {
            kestrel.ListenLocalhost(url.Port, Configure);
        }
        else
        {
            kestrel.ListenAnyIP(url.Port, Configure);
        }
    }
}
