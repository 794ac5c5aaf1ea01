using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.HttpOverrides;
using Provisioning.Client;
using Scim.Bulk;
using Scim.Connection;
using Scim.Discovery;
using Scim.Groups;
using Scim.Resources;
using Scim.Roles;
using Scim.Users;

namespace Scim;

/// <summary>The front end's services and endpoints, for its own process and for Standalone.</summary>
internal static class ScimHosting
{
    public const string Prefix = "/v2";

    /// <summary>Everything but the way to the core: a <see cref="CallInvoker"/> is the host's to add.</summary>
    public static void AddScim(this IServiceCollection services, ScimSettings settings)
    {
        services.AddRequestDecompression();
        services.AddSingleton(settings).AddSingleton<PublicAddress>().AddSingleton<CoreAccess>().AddSingleton<Refusals>();
        services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (var proxy in settings.Proxies)
            {
                options.KnownProxies.Add(proxy);
            }
        });
    }

    /// <summary>The way to the core over the wire.</summary>
    public static void AddRemoteCore(this IServiceCollection services, ScimSettings settings) =>
        services.AddSingleton<CallInvoker>(_ => GrpcChannel.ForAddress(settings.Core, new GrpcChannelOptions
        {
            MaxReceiveMessageSize = ProvisioningClient.MaxReceiveMessageSize,
            HttpHandler = new SocketsHttpHandler
            {
                EnableMultipleHttp2Connections = true,
                ConnectTimeout = TimeSpan.FromSeconds(5),
                KeepAlivePingDelay = TimeSpan.FromSeconds(30),
                KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            },
        }).CreateCallInvoker());

    /// <summary>Puts the front end into a host's pipeline, before its routing.</summary>
    public static void UseScim(this WebApplication app, ScimSettings settings)
    {
        if (settings.Proxies.Count > 0)
        {
            app.UseForwardedHeaders();
        }

        app.UseMiddleware<StrayRequests>();
        app.Use(TidyPath);
        app.UseWhen(context => context.Request.Path.StartsWithSegments(Prefix),
            branch => branch.UseMiddleware<ScimRim>().UseRequestDecompression());
        app.UseRouting();
        var routes = app.MapGroup(Prefix);
        ResourceEndpoint[] endpoints = [new UserEndpoint(), new GroupEndpoint(), new RoleEndpoint()];
        foreach (var endpoint in endpoints)
        {
            routes.MapResource(endpoint);
        }

        routes.MapRoot(new RootSearch(endpoints).ListAsync);
        routes.MapBulk(endpoints);
        routes.MapMe();
        routes.MapDiscovery();

        // Nothing under the prefix is somebody else's, whatever else the host maps; the rim says so in SCIM's words.
        routes.Map("/{**rest}", context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }).WithOrder(int.MaxValue - 1);
    }

    /// <summary>Base URLs typed with a slash at their end arrive as "//".</summary>
    private static Task TidyPath(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path.Value!;
        if (path.Contains("//", StringComparison.Ordinal))
        {
            context.Request.Path = "/" + string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries));
        }

        return next(context);
    }
}
