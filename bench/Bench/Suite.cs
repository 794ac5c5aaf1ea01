using System.Globalization;
using Npgsql;

namespace Bench;

/// <summary>One run of everything, or of the parts that are named.</summary>
internal sealed class Suite(string postgres, string redis, string folder, string[] parts)
{
    private static readonly double Seconds = double.Parse(Environment.GetEnvironmentVariable("BENCH_SECONDS") ?? "5", CultureInfo.InvariantCulture);

    private static readonly double WarmUp = double.Parse(Environment.GetEnvironmentVariable("BENCH_WARM_UP") ?? "3", CultureInfo.InvariantCulture);

    private readonly Usage _usage = new();
    private readonly Table _table = new();
    private readonly string _root = Directory.GetCurrentDirectory();

    public async Task<int> RunAsync()
    {
        await PrepareAsync();
        if (Wants("floor"))
        {
            await FloorAsync();
        }

        if (Wants("one"))
        {
            await OneAsync();
        }

        return _table.HasFailures ? 1 : 0;
    }

    private bool Wants(string part) => parts.Length == 0 || parts.Contains(part);

    private string Program(string name) => Path.Combine(_root, "artifacts", "publish", name, "release", name);

    private string[] Storage => ["--Storage:Provider=Postgres", $"--Storage:ConnectionString={postgres};Database=service", $"--Redis:ConnectionString={redis}", "--Storage:MigrateAtStart=true", $"--Data:Folder={folder}/data", $"--Bootstrap:File={folder}/bootstrap.json"];

    private async Task PrepareAsync()
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "bootstrap.json"), Seed.Bootstrap);
        await using var admin = NpgsqlDataSource.Create(postgres + ";Database=postgres");
        foreach (var name in new[] { "floor", "service" })
        {
            await using var find = admin.CreateCommand($"SELECT 1 FROM pg_database WHERE datname = '{name}'");
            if (await find.ExecuteScalarAsync() is not null)
            {
                continue;
            }

            Say($"filling {name}…");
            await using (var create = admin.CreateCommand($"CREATE DATABASE {name} TEMPLATE template0"))
            {
                await create.ExecuteNonQueryAsync();
            }

            await using var database = NpgsqlDataSource.Create($"{postgres};Database={name}");
            if (name == "floor")
            {
                await Seed.FloorAsync(database);
            }
            else
            {
                var url = Server.Free();
                var (service, _) = await Server.StartAsync(Program("Standalone"), [.. Storage, $"--Listen:Http={url}", $"--Listen:Grpc={Server.Free()}"], new(url, "/v2/ServiceProviderConfig"));
                await using var running = service;
                await Seed.ServiceAsync(database, url);
            }
        }
    }

    private async Task FloorAsync()
    {
        var url = Server.Free();
        var (server, _) = await Server.StartAsync(Program("Floor"), [url.ToString(), postgres + ";Database=floor"], new(url, "/constant"));
        await using var running = server;
        var target = new Target("floor", url, "none", Seed.Companies["middle"], number => Seed.IdOf("middle", number));
        var groups = new Target("floor", url, "none", Seed.Companies["large"], number => Seed.IdOf("large", number)) { Groups = [.. Enumerable.Range(0, Seed.GroupCount).Select(Seed.GroupOf)] };
        Measure("floor", server, [], target, Scenario.Constant, Scenario.Get, Scenario.LookUp, Scenario.CreateFlow, Scenario.Block, Scenario.Put, Scenario.PageByKey, Scenario.Bulk);
        Measure("floor", server, [], groups, Scenario.Move, Scenario.MoveInOne);
    }

    private async Task OneAsync()
    {
        var url = Server.Free();
        var (server, _) = await Server.StartAsync(Program("Standalone"), [.. Storage, $"--Listen:Http={url}", $"--Listen:Grpc={Server.Free()}"], new(url, "/v2/ServiceProviderConfig"));
        await using var running = server;
        var (small, middle, large) = (TargetOf("small", url), TargetOf("middle", url), TargetOf("large", url));
        Measure("one process", server, [], middle, Operations);
        Measure("one process", server, [], large, Scenario.Move, Scenario.MoveInOne);
        if (Wants("size"))
        {
            Measure("1,000", server, [], small, Flat);
            Measure("1,000,000", server, [], large, Flat);
        }
    }

    private static readonly Scenario[] Operations =
        [Scenario.Get, Scenario.LookUp, Scenario.CreateFlow, Scenario.Block, Scenario.Put, Scenario.PageByIndex, Scenario.FirstPage, Scenario.LastPage, Scenario.PageByCursor, Scenario.Bulk];

    private static readonly Scenario[] Flat =
        [Scenario.Get, Scenario.LookUp, Scenario.CreateFlow, Scenario.Block, Scenario.Put, Scenario.PageByIndex, Scenario.FirstPage, Scenario.LastPage, Scenario.PageByCursor, Scenario.Bulk];

    private static Target TargetOf(string company, Uri url) => new(company, url, Seed.TokenOf(company), Seed.Companies[company], number => Seed.IdOf(company, number))
    {
        Groups = company == "large" ? [.. Enumerable.Range(0, Seed.GroupCount).Select(Seed.GroupOf)] : [],
    };

    private void Measure(string shape, Server server, Server[] others, Target target, params Scenario[] scenarios)
    {
        _usage.Clear();
        _usage.Add("service", server.Id);
        foreach (var other in others)
        {
            _usage.Add("service", other.Id);
        }

        _usage.Add("PostgreSQL", int.Parse(Environment.GetEnvironmentVariable("BENCH_POSTGRES_PID") ?? "1", CultureInfo.InvariantCulture));
        foreach (var scenario in scenarios.Where(scenario => parts.All(part => !part.StartsWith("only=", StringComparison.Ordinal) || part[5..].Split(',').Any(word => scenario.Name.Contains(word, StringComparison.Ordinal)))))
        {
            var outcome = Load.Run(scenario, target, _usage, warmUp: WarmUp, Seconds);
            _table.Add(shape, scenario, outcome);
        }
    }

    private static void Say(string text) => Console.Error.WriteLine(text);
}
