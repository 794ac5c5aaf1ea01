using Provisioning;
using Provisioning.Jobs;
using Scim.Connection;
using Standalone;

if (await CoreCommands.TryRunAsync(args, StandaloneHost.DefaultHttp) is { } done)
{
    return done;
}

try
{
    await using var app = StandaloneHost.Build(args);
    await app.Services.StartCoreAsync();
    var made = await FirstStart.RunAsync(app.Services);
    await app.StartAsync();
    var core = app.Services.GetRequiredService<CoreSettings>();
    var scim = app.Services.GetRequiredService<ScimSettings>().PublicUrl?.ToString().TrimEnd('/') ?? app.Urls.First();
    var pages = core.HasPagesUrl ? core.PagesUrl : app.Urls.First();
    Console.WriteLine(made is null
        ? $"Teammate Provisioning is ready: settings at {pages}/, SCIM at {scim}/v2, data in {core.DataFolder}."
        : FirstStart.Words(scim, pages, made, core.DataFolder));
    return await app.WaitForExitCodeAsync();
}
catch (Exception wrong) when (wrong is SettingException or ScimSettingException)
{
    await Console.Error.WriteLineAsync(wrong.Message);
    return ExitCode.WrongSetting;
}
catch (IOException taken) when (taken.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
{
    await Console.Error.WriteLineAsync($"Listen:Http or Listen:Grpc: {taken.Message} Stop what uses it, or set another port.");
    return ExitCode.WrongSetting;
}
