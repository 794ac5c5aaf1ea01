using Provisioning.Access;
using Provisioning.Changes;
using Provisioning.Companies;
using Provisioning.Connections;
using Provisioning.Contract;
using Provisioning.Groups;
using Provisioning.Hosting;
using Provisioning.Lists;
using Provisioning.Log;
using Provisioning.Sessions;
using Provisioning.Storage;
using Provisioning.Teammates;
using Provisioning.Templates;
using Provisioning.Tokens;
using Provisioning.Transcoding;
using Provisioning.Writing;

namespace Provisioning;

/// <summary>The core's services and endpoints, for its own process and for Standalone.</summary>
internal static class CoreHosting
{
    private const int MaxMessage = 8 * 1024 * 1024;

    /// <summary>Everything that the core's work needs, without a server around it.</summary>
    public static void AddCore(this IServiceCollection services, CoreSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton(TimeProvider.System);
        services.AddStorage(settings);
        services.AddSingleton<SealedTokens>().AddSingleton<WriteTurns>().AddSingleton<Convoys>()
            .AddSingleton<IWrittenCompanies, WrittenCompanies>().AddSingleton<IdempotentReplies>().AddSingleton<ChangeSignal>();
        services.AddSingleton<RedisTokens>().AddSingleton<LastUses>().AddSingleton<TokenDirectory>().AddSingleton<CompanyDirectory>()
            .AddSingleton<SessionDirectory>();
        services.AddSingleton<FeedEpoch>().AddSingleton<ChangeFeed>().AddSingleton<RefusalLog>().AddSingleton<UnknownNameMemory>()
            .AddSingleton<FirstTeammates>().AddSingleton<RefusedTokens>();
        // A context is leased by who needs one: reads by hand-written statements do not.
        services.AddScoped(provider => new Lazy<ProvisioningDb>(provider.GetRequiredService<ProvisioningDb>));
        services.AddScoped<Writes>().AddScoped<ListReader>().AddScoped<ListWalks>().AddScoped<TeammateReads>().AddScoped<TeammateSearch>()
            .AddScoped<TeammateCreation>().AddScoped<TeammateWrites>().AddScoped<TeammateModification>().AddScoped<TeammateBlocking>();
        services.AddScoped<GroupReads>().AddScoped<GroupWrites>();
        services.AddScoped<TemplateOperations>().AddScoped<TemplateNames>().AddScoped<TokenOperations>().AddScoped<ConnectionOperations>();
        services.AddScoped<CompanyOperations>().AddScoped<SessionOperations>().AddScoped<AdminAccess>().AddScoped<LogOperations>()
            .AddScoped<LogWatch>().AddScoped<LogErasure>().AddScoped<Bootstrap>();
    }

    /// <summary>The gRPC server: interceptors, transcoding, health, reflection, background work.</summary>
    public static void AddCoreServer(this IServiceCollection services)
    {
        services.AddSingleton<FailureInterceptor>().AddSingleton<AccessInterceptor>().AddSingleton<TextInterceptor>();
        services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = MaxMessage;
            options.Interceptors.Add<FailureInterceptor>();
            options.Interceptors.Add<AccessInterceptor>();
            options.Interceptors.Add<TextInterceptor>();
        }).AddJsonTranscoding(options =>
        {
            options.TypeRegistry = ErrorDetailTypes.Registry;
            options.JsonSettings = new() { WriteInt64sAsStrings = true, RemoveEnumPrefix = true };
        });
        services.AddRequestDecompression();
        services.AddGrpcReflection();
        services.AddGrpcHealthChecks().AddCheck<StorageHealth>("storage");
        services.AddHostedService(provider => provider.GetRequiredService<RedisTokens>());
        services.AddHostedService(provider => provider.GetRequiredService<LastUses>());
        services.AddHostedService(provider => provider.GetRequiredService<RefusalLog>());
        services.AddHostedService(provider => provider.GetRequiredService<RefusedTokens>());
        services.AddHostedService<Upkeep>();
    }

    /// <summary>What stands before every service.</summary>
    public static void UseCore(this WebApplication app)
    {
        SessionCookie.UseIn(app, app.Services.GetRequiredService<CoreSettings>());
        JsonApi.UseIn(app);
        app.UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true });
    }

    /// <summary>Every service over gRPC, gRPC-Web and JSON.</summary>
    public static void MapCore(this IEndpointRouteBuilder routes)
    {
        routes.MapGrpcService<TeammateRpc>();
        routes.MapGrpcService<GroupRpc>();
        routes.MapGrpcService<TemplateRpc>();
        routes.MapGrpcService<TokenRpc>();
        routes.MapGrpcService<ConnectionRpc>();
        routes.MapGrpcService<CompanyRpc>();
        routes.MapGrpcService<LogRpc>();
        routes.MapGrpcService<SessionRpc>();
        routes.MapGrpcHealthChecksService();
        routes.MapGrpcReflectionService();
        JsonApi.MapRest(routes);
    }

    /// <summary>Prepares storage, applies the bootstrap file and begins to hear of revocations.</summary>
    /// <exception cref="SettingException">Storage or the bootstrap file cannot be used.</exception>
    public static async Task StartCoreAsync(this IServiceProvider services, CancellationToken cancellation = default)
    {
        var settings = services.GetRequiredService<CoreSettings>();
        var file = settings.BootstrapFile.Length > 0 ? BootstrapFile.Read(settings.BootstrapFile) : null;
        await StorageSetup.PrepareAsync(services, settings, settings.MigrateAtStart, cancellation);
        services.GetRequiredService<TokenDirectory>().Listen();
        if (file is not null)
        {
            await using var scope = services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<Bootstrap>().ApplyAsync(file, cancellation);
        }
    }
}
