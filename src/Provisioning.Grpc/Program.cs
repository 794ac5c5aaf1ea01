using Provisioning;

if (await CoreCommands.TryRunAsync(args, CoreHost.DefaultHttp) is { } done)
{
    return done;
}

try
{
    await using var app = CoreHost.Build(args);
    await app.Services.StartCoreAsync();
    await app.RunAsync();
    return 0;
}
catch (SettingException wrong)
{
    await Console.Error.WriteLineAsync(wrong.Message);
    return 2;
}
