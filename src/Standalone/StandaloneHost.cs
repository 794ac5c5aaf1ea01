using Grpc.Core;
using Provisioning;
using Provisioning.Companies;
using Provisioning.Connections;
using Provisioning.Groups;
using Provisioning.Log;
using Provisioning.Sessions;
using Provisioning.Teammates;
using Provisioning.Templates;
using Provisioning.Tokens;
using Provisioning.V1;
using Scim;
using Scim.Connection;
using Standalone.InProcess;

namespace Standalone;

/// <summary>Core and front end in one process, joined without a socket.</summary>
public static class StandaloneHost
{
    /// <summary>Where everything but gRPC is served unless told otherwise.</summary>
    public const string DefaultHttp = "http://127.0.0.1:5080";

    /// <summary>Composes the host.</summary>
    /// <exception cref="SettingException">A setting of the core is wrong.</exception>
    /// <exception cref="ScimSettingException">A setting of the front end is wrong.</exception>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        var (core, scim) = (CoreSettings.Read(builder.Configuration, DefaultHttp), ScimSettings.Read(builder.Configuration));
        core = core with { ScimUrl = core.ScimUrl.Length > 0 ? core.ScimUrl : ScimHosting.Prefix };
        CoreHost.Listen(builder, DefaultHttp, "http://127.0.0.1:5081");
        CoreHost.Quieten(builder.Logging);
        builder.Services.AddCore(core);
        builder.Services.AddCoreServer();
        builder.Services.AddSingleton(Methods());
        builder.Services.AddSingleton<CallInvoker, InProcessInvoker>();
        builder.Services.AddScim(scim);
        builder.WebHost.ConfigureKestrel(kestrel => RequestLine.Allow(kestrel.Limits));
        builder.WebHost.UseStaticWebAssets();
        var app = builder.Build();
        app.UsePagesGuard();
        app.UseScim(scim);
        app.UseCore();
        app.MapCore();
        app.MapPages();
        return app;
    }

    private static InProcessMethods Methods()
    {
        var methods = new InProcessMethods();
        methods.Add<TeammateRpc>(binder => TeammateProvisioning.BindService(binder, null));
        methods.Add<GroupRpc>(binder => TeammateGroups.BindService(binder, null));
        methods.Add<TemplateRpc>(binder => TeammateTemplates.BindService(binder, null));
        methods.Add<TokenRpc>(binder => ApiTokens.BindService(binder, null));
        methods.Add<ConnectionRpc>(binder => Connections.BindService(binder, null));
        methods.Add<CompanyRpc>(binder => Companies.BindService(binder, null));
        methods.Add<SessionRpc>(binder => Sessions.BindService(binder, null));
        methods.Add<LogRpc>(binder => ProvisioningLog.BindService(binder, null));
        return methods;
    }
}
