using Provisioning;
using Provisioning.Jobs;

if (await CoreCommands.TryRunAsync(args, CoreHost.DefaultHttp) is { } done)
{
    return done;
}

try
{
    await using var app = CoreHost.Build(args);
    await app.Services.StartCoreAsync();
    return await app.RunToExitCodeAsync();
}
catch (SettingException wrong)
{
    await Console.Error.WriteLineAsync(wrong.Message);
    return ExitCode.WrongSetting;
}
