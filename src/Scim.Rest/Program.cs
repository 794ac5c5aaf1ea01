using Scim;
using Scim.Connection;

try
{
    await using var app = ScimHost.Build(args);
    await app.RunAsync();
    return 0;
}
catch (ScimSettingException wrong)
{
    await Console.Error.WriteLineAsync(wrong.Message);
    return 2;
}
