using Provisioning;
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
    var token = await FirstStart.RunAsync(app.Services);
    await app.StartAsync();
    var url = app.Services.GetRequiredService<ScimSettings>().PublicUrl?.ToString().TrimEnd('/') ?? app.Urls.First();
    var folder = app.Services.GetRequiredService<CoreSettings>().DataFolder;
    Console.WriteLine(token is null ? $"Teammate Provisioning is ready: SCIM at {url}/v2, data in {folder}." : FirstStart.Words(url, token, folder));
    await app.WaitForShutdownAsync();
    return 0;
}
catch (Exception wrong) when (wrong is SettingException or ScimSettingException)
{
    await Console.Error.WriteLineAsync(wrong.Message);
    return 2;
}
catch (IOException taken) when (taken.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
{
    await Console.Error.WriteLineAsync($"Listen:Http or Listen:Grpc: {taken.Message} Stop what uses it, or set another port.");
    return 2;
}
