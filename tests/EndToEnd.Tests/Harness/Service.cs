using Provisioning.Client;
using Provisioning.V1;

namespace EndToEnd.Harness;

/// <summary>The whole product, running in one of its setups.</summary>
public sealed class Service : IAsyncDisposable
{
    private readonly List<RunningProgram> _programs = [];
    private int _companies;

    private Service()
    {
    }

    /// <summary>Where SCIM is, without /v2.</summary>
    public required Uri Scim { get; init; }

    /// <summary>Where JSON and gRPC-Web are.</summary>
    public required Uri Http { get; init; }

    /// <summary>Where gRPC is.</summary>
    public required Uri Grpc { get; init; }

    /// <summary>The settings that every process of this service got.</summary>
    public required string[] Settings { get; init; }

    /// <summary>Which program is the core.</summary>
    public required string Program { get; init; }

    /// <summary>The database; null on SQLite.</summary>
    public required string? Postgres { get; init; }

    /// <summary>A token that may do anything.</summary>
    public required string OperatorToken { get; init; }

    /// <summary>The process that is the core.</summary>
    public RunningProgram Core => _programs[0];

    public static async Task<Service> StartAsync(Setup setup, string? redis = null)
    {
        var postgres = setup is Setup.PostgresOneProcess or Setup.PostgresTwoProcesses ? await Servers.NewDatabaseAsync() : null;
        var folder = Directory.CreateTempSubdirectory("provisioning-").FullName;
        string[] settings = postgres is null
            ? [$"--Data:Folder={folder}", "--Storage:Provider=Sqlite"]
            : [$"--Data:Folder={folder}", "--Storage:Provider=Postgres", $"--Storage:ConnectionString={postgres}",
                "--Storage:MigrateAtStart=true", $"--Redis:ConnectionString={redis ?? Servers.Redis}"];
        return await StartAsync(setup is Setup.SqliteOneProcess or Setup.PostgresOneProcess, settings, postgres);
    }

    /// <summary>Starts on given settings, such as those of another service: a second copy of it.</summary>
    public static async Task<Service> StartAsync(bool oneProcess, string[] settings, string? postgres)
    {
        string[] listen = ["--Listen:Http=http://127.0.0.1:0", "--Listen:Grpc=http://127.0.0.1:0"];
        var core = await RunningProgram.StartAsync(oneProcess ? "Standalone" : "Provisioning.Grpc", [.. settings, .. listen]);
        var scim = oneProcess ? core : await RunningProgram.StartAsync("Scim.Rest", listen[0], $"--Core:Address={core.Addresses[1]}");
        var (code, token, error) = await RunningProgram.RunAsync(
            oneProcess ? "Standalone" : "Provisioning.Grpc", ["operator-token", "tests", .. settings]);
        Assert.True(code == 0, error);
        var service = new Service
        {
            Scim = scim.Addresses[0],
            Http = core.Addresses[0],
            Grpc = core.Addresses[1],
            Settings = settings,
            Program = oneProcess ? "Standalone" : "Provisioning.Grpc",
            Postgres = postgres,
            OperatorToken = token.Trim(),
        };
        service._programs.AddRange(oneProcess ? [core] : [core, scim]);
        return service;
    }

    public ProvisioningClient Operator(string? company = null) => ProvisioningClient.Connect(Grpc, OperatorToken, company);

    public async Task<Tenant> NewTenantAsync(bool scim = true, bool templates = true, long? seats = null)
    {
        using var all = Operator();
        var message = new Company
        {
            Slug = $"c{Interlocked.Increment(ref _companies)}-{Guid.NewGuid():n}"[..20],
            DisplayName = "Acme",
            Features = new() { Scim = scim, Templates = templates },
        };
        if (seats is { } limit)
        {
            message.SeatLimit = limit;
        }

        var company = await all.Companies.CreateCompanyAsync(new() { Company = message });
        var tenant = new Tenant(this, company, Operator(company.Slug));
        await tenant.BeginAsync();
        return tenant;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var program in _programs)
        {
            await program.DisposeAsync();
        }
    }
}
