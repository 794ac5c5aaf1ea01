using Provisioning.Storage;
using Provisioning.Tokens;
using Provisioning.V1;

namespace Provisioning;

/// <summary>
/// Commands beside serving, with the same settings as the service and also while it runs. Each prints its result alone
/// on standard output.
/// </summary>
internal static class CoreCommands
{
    private const int Done = 0, Wrong = 2;

    /// <summary>Runs the command that the arguments name.</summary>
    /// <returns>The exit code; null when the arguments name none, and the service is to start.</returns>
    public static async Task<int?> TryRunAsync(string[] args)
    {
        var words = args.TakeWhile(word => !word.StartsWith('-')).ToArray();
        if (words.Length == 0)
        {
            return null;
        }

        try
        {
            await RunAsync(words, args[words.Length..]);
            return Done;
        }
        catch (SettingException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
        }
        catch (Grpc.Core.RpcException refusal)
        {
            await Console.Error.WriteLineAsync(refusal.Status.Detail);
        }

        return Wrong;
    }

    private static Task RunAsync(string[] words, string[] settings) => words switch
    {
        ["migrate"] => WithCoreAsync(settings, migrate: true, _ => Task.CompletedTask),
        ["operator-token", var name] => PrintTokenAsync(settings, name, [Scope.Operator]),
        ["service-token", var name, _, ..] => PrintTokenAsync(settings, name, [.. words[2..].Select(ParseScope)]),
        ["operator-token", ..] => throw new SettingException("operator-token takes one name, such as: operator-token ops"),
        ["service-token", ..] => throw new SettingException("service-token takes a name and at least one scope, such as: service-token inbox teammates:read changes:read"),
        _ => throw new SettingException($"There is no command {words[0]}; there are migrate, operator-token NAME and service-token NAME SCOPE…"),
    };

    private static Scope ParseScope(string name) =>
        ScopeNames.TryParse(name, out var scope) && scope is not (Scope.Operator or Scope.AutoProvisioning)
            ? scope
            : throw new SettingException($"A service token cannot have the scope \"{name}\"; choose from {string.Join(", ", ScopeNames.All.Where(each => each is not ("operator" or "auto_provisioning")))}.");

    private static Task PrintTokenAsync(string[] settings, string name, Scope[] scopes) =>
        WithCoreAsync(settings, migrate: false, async services =>
        {
            await using var scope = services.CreateAsyncScope();
            Console.WriteLine(await scope.ServiceProvider.GetRequiredService<TokenOperations>().CreateWithoutCompanyAsync(name, scopes, CancellationToken.None));
        });

    private static async Task WithCoreAsync(string[] args, bool migrate, Func<IServiceProvider, Task> work)
    {
        var builder = Host.CreateApplicationBuilder(args);
        builder.Logging.ClearProviders();
        var settings = CoreSettings.Read(builder.Configuration);
        builder.Services.AddCore(settings);
        using var host = builder.Build();
        await StorageSetup.PrepareAsync(host.Services, settings, migrate || settings.MigrateAtStart, CancellationToken.None);
        await work(host.Services);
    }
}
