using Scim.Connection;

namespace Scim;

/// <summary>The front end as a process of its own.</summary>
public static class ScimHost
{
    /// <summary>Above what a body may be, so that one that is too large is answered rather than cut off.</summary>
    private const long MaxRequestBody = 8 * Wire.ScimBody.MaxBytes;

    /// <summary>Composes the host.</summary>
    /// <exception cref="ScimSettingException">A setting is wrong.</exception>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        var settings = ScimSettings.Read(builder.Configuration);
        var listen = builder.Configuration["Listen:Http"] is { Length: > 0 } text ? text : "http://127.0.0.1:5080";
        if (!Uri.TryCreate(listen, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            throw new ScimSettingException($"Listen:Http is \"{listen}\"; set it to a URL such as http://127.0.0.1:5080.");
        }

        builder.WebHost.UseUrls(listen);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBody;
            RequestLine.Allow(kestrel.Limits);
        });
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("System.Net.Http", LogLevel.Warning);
        builder.Services.AddScim(settings);
        builder.Services.AddRemoteCore(settings);
        var app = builder.Build();
        app.UseScim(settings);
        return app;
    }
}
