using Provisioning.Access;
using Provisioning.Sessions;
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
    /// <param name="args">The command with its words, then settings.</param>
    /// <param name="http">Where the service listens for HTTP unless the settings say otherwise.</param>
    /// <returns>The exit code; null when the arguments name none, and the service is to start.</returns>
    public static async Task<int?> TryRunAsync(string[] args, string http)
    {
        var words = args.TakeWhile(word => !word.StartsWith('-')).ToArray();
        if (words.Length == 0)
        {
            return null;
        }

        try
        {
            await RunAsync(words, new(args[words.Length..], http));
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

    private static Task RunAsync(string[] words, Given settings) => words switch
    {
        ["migrate"] => WithCoreAsync(settings, migrate: true, _ => Task.CompletedTask),
        ["operator-token", var name] => PrintTokenAsync(settings, name, [Scope.Operator]),
        ["service-token", var name, _, ..] => PrintTokenAsync(settings, name, [.. words[2..].Select(ParseScope)]),
        ["sign-in-link", var company, var userName] => PrintLinkAsync(settings, company, userName),
        ["sign-in-link", ..] => throw new SettingException(
            "sign-in-link takes a company and a user name, such as: sign-in-link acme ada@acme.example"),
        ["operator-token", ..] => throw new SettingException("operator-token takes one name, such as: operator-token ops"),
        ["service-token", ..] => throw new SettingException(
            "service-token takes a name and at least one scope, such as: service-token inbox teammates:read changes:read"),
        _ => throw new SettingException(
            $"There is no command {words[0]}; there are migrate, operator-token NAME, service-token NAME SCOPE… and sign-in-link COMPANY "
                + "USERNAME"),
    };

    private static Scope ParseScope(string name) =>
        ScopeNames.TryParse(name, out var scope) && scope is not (Scope.Operator or Scope.AutoProvisioning)
            ? scope
            : throw new SettingException($"A service token cannot have the scope \"{name}\"; choose from "
                + $"{string.Join(", ", ScopeNames.All.Where(each => each is not ("operator" or "auto_provisioning")))}.");

    private static Task PrintTokenAsync(Given settings, string name, Scope[] scopes) =>
        WithCoreAsync(settings, migrate: false, async services =>
        {
            await using var scope = services.CreateAsyncScope();
            Console.WriteLine(await scope.ServiceProvider.GetRequiredService<TokenOperations>()
                .CreateWithoutCompanyAsync(name, scopes, CancellationToken.None));
        });

    private static Task PrintLinkAsync(Given settings, string company, string userName) =>
        WithCoreAsync(settings, migrate: false, async services =>
        {
            await using var scope = services.CreateAsyncScope();
            Console.WriteLine(
                await scope.ServiceProvider.GetRequiredService<AdminAccess>().LinkAsync(company, userName, CancellationToken.None));
        });

    private static async Task WithCoreAsync(Given given, bool migrate, Func<IServiceProvider, Task> work)
    {
        var builder = Host.CreateApplicationBuilder(given.Arguments);
        builder.Logging.ClearProviders();
        var settings = CoreSettings.Read(builder.Configuration, given.Http);
        builder.Services.AddCore(settings);
        using var host = builder.Build();
        await StorageSetup.PrepareAsync(host.Services, settings, migrate || settings.MigrateAtStart, CancellationToken.None);
        await work(host.Services);
    }

    /// <summary>What a command was given beside its words.</summary>
    private sealed record Given(string[] Arguments, string Http);
}
