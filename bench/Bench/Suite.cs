using System.Globalization;
using System.Text;
using Npgsql;

namespace Bench;

/// <summary>One run of everything, or of the parts that are named.</summary>
internal sealed class Suite(string postgres, string redis, string folder, string[] parts)
{
    private const int PeerCount = 10_000, SqliteCount = 10_000;

    private const double Settle = 2;

    private static readonly double Seconds = Setting("BENCH_SECONDS", 4), WarmUp = Setting("BENCH_WARM_UP", 8);

    private static readonly Scenario[] Everything =
        [Scenario.Get, Scenario.LookUp, Scenario.CreateFlow, Scenario.Block, Scenario.Put, Scenario.FirstPage, Scenario.LastPage, Scenario.PageByIndex, Scenario.PageByCursor, Scenario.Bulk];

    private static readonly Scenario[] Alone = [Scenario.Get, Scenario.LookUp, Scenario.CreateFlow, Scenario.Block, Scenario.Put, Scenario.FirstPage, Scenario.PageByIndex];

    private readonly Usage _usage = new();
    private readonly Table _table = new();
    private readonly string _root = Directory.GetCurrentDirectory();

    /// <summary>Fills the databases.</summary>
    public async Task<int> FillAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "bootstrap.json"), Seed.Bootstrap);
        await using var admin = NpgsqlDataSource.Create(postgres + ";Database=postgres");
        foreach (var name in new[] { "floor", "service" })
        {
            Say($"filling {name}…");
            await using (var create = admin.CreateCommand($"CREATE DATABASE {name} TEMPLATE template0"))
            {
                await create.ExecuteNonQueryAsync();
            }

            await using var database = NpgsqlDataSource.Create($"{postgres};Database={name}");
            if (name == "floor")
            {
                await Seed.FloorAsync(database);
                continue;
            }

            var url = Server.Free();
            await using var service = (await StandaloneAsync(url, Storage("service"))).Server;
            await Seed.ServiceAsync(database, url);
        }

        return 0;
    }

    /// <summary>Measures.</summary>
    public async Task<int> RunAsync()
    {
        foreach (var (part, measure) in new (string, Func<Task>)[]
        {
            ("floor", FloorAsync), ("one", OneAsync), ("size", SizesAsync), ("two", TwoAsync), ("behind", BehindAsync),
            ("sqlite", SqliteAsync), ("peer", PeerAsync), ("start", StartAsync), ("memory", MemoryAsync),
        })
        {
            if (Words.Length == 0 || Words.Contains(part))
            {
                await measure();
            }
        }

        return _table.HasFailures ? 1 : 0;
    }

    private string[] Words => [.. parts.Where(part => !part.StartsWith("only=", StringComparison.Ordinal))];

    private string Program(string name) => Path.Combine(_root, "artifacts", "publish", name, "release", name);

    private string[] Storage(string database) =>
        [.. StorageAlone(database), $"--Bootstrap:File={folder}/bootstrap.json"];

    /// <summary>Without the bootstrap file, which says nothing new once it was applied.</summary>
    private string[] StorageAlone(string database) =>
        ["--Storage:Provider=Postgres", $"--Storage:ConnectionString={postgres};Database={database}", $"--Redis:ConnectionString={redis}", "--Storage:MigrateAtStart=true", $"--Data:Folder={folder}/data"];

    private async Task<(Server Server, TimeSpan Took)> StandaloneAsync(Uri url, string[] settings) =>
        await Server.StartAsync(Program("Standalone"), [.. settings, $"--Listen:Http={url}", $"--Listen:Grpc={Server.Free()}"], new(url, "/v2/ServiceProviderConfig"));

    private async Task FloorAsync()
    {
        var url = Server.Free();
        await using var server = (await Server.StartAsync(Program("Floor"), [url.ToString(), postgres + ";Database=floor"], new(url, "/constant"))).Server;
        var target = new Target("floor", url, "none", Seed.Companies["middle"], number => Seed.IdOf("middle", number));
        Measure("floor", [server], target, Scenario.Constant, Scenario.Get, Scenario.LookUp, Scenario.CreateFlow, Scenario.Block, Scenario.Put, Scenario.PageByKey, Scenario.Bulk);
        Measure("floor", [server], target with { Count = Seed.Companies["large"], IdOf = number => Seed.IdOf("large", number), Groups = Groups }, Scenario.Move, Scenario.MoveInOne);
    }

    private async Task OneAsync()
    {
        var url = Server.Free();
        await using var server = (await StandaloneAsync(url, Storage("service"))).Server;
        Measure("one process", [server], TargetOf("middle", url), Everything);
        Measure("one process", [server], TargetOf("large", url), Scenario.Move, Scenario.MoveInOne);
        Measure("one, open loop", [server], TargetOf("middle", url), rate: 500, Scenario.Get, Scenario.Block);
    }

    /// <summary>A small company beside a large one. Groups are left out of what is read: only the large one has any.</summary>
    private async Task SizesAsync()
    {
        var url = Server.Free();
        await using var server = (await StandaloneAsync(url, Storage("service"))).Server;
        var (small, large) = (TargetOf("small", url) with { Shown = "excludedAttributes=groups" }, TargetOf("large", url) with { Shown = "excludedAttributes=groups" });
        WarmUpFor(small, 0, Everything);
        foreach (var scenario in Everything)
        {
            MeasureWarm("1,000", [server], small, 0, scenario);
            MeasureWarm("1,000,000", [server], large, 0, scenario);
        }
    }

    private async Task TwoAsync()
    {
        await using var core = await CoreAsync();
        await using var scim = await ScimAsync(core.Grpc);
        Measure("two processes", [core.Server, scim.Server], TargetOf("middle", scim.Url), Everything);
        Measure("two processes", [core.Server, scim.Server], TargetOf("large", scim.Url), Scenario.Move);
    }

    /// <summary>Two of each; connections are dealt out by a proxy.</summary>
    private async Task BehindAsync()
    {
        await using var core = await CoreAsync();
        await using var other = await CoreAsync();
        await using var scim = await ScimAsync(core.Grpc);
        await using var second = await ScimAsync(other.Grpc);
        var url = Server.Free();
        var settings = Path.Combine(folder, "haproxy.cfg");
        await File.WriteAllTextAsync(settings, string.Create(CultureInfo.InvariantCulture, $"""
            defaults
                mode http
                timeout connect 5s
                timeout client 60s
                timeout server 60s
            listen scim
                bind 127.0.0.1:{url.Port}
                balance roundrobin
                server one 127.0.0.1:{scim.Url.Port}
                server two 127.0.0.1:{second.Url.Port}

            """));
        await using var proxy = (await Server.StartAsync("/usr/sbin/haproxy", ["-f", settings], new(url, "/v2/ServiceProviderConfig"))).Server;
        Measure("two of each", [core.Server, other.Server, scim.Server, second.Server, proxy], TargetOf("middle", url), Alone);
    }

    private async Task SqliteAsync()
    {
        var data = Directory.CreateTempSubdirectory("bench-").FullName;
        var url = Server.Free();
        await using var server = (await StandaloneAsync(url, [$"--Data:Folder={data}", $"--Bootstrap:File={folder}/bootstrap.json"])).Server;
        var ids = Load(url, Seed.TokenOf("middle"), SqliteCount);
        Measure("SQLite", [server], new("sqlite", url, Seed.TokenOf("middle"), SqliteCount, number => ids[number - 1]), [.. Alone, Scenario.PageByCursor, Scenario.Bulk]);
    }

    private async Task PeerAsync()
    {
        var url = Server.Free();
        await using var server = (await Server.StartAsync("/usr/bin/env", ["node", Path.Combine(_root, "bench", "Peer", "server.mjs"), url.Port.ToString(CultureInfo.InvariantCulture), "bench"], new(url, "/v2/ServiceProviderConfig"), "bench")).Server;
        var ids = Load(url, "bench", PeerCount);
        Measure("scimmy, memory", [server], new("peer", url, "bench", PeerCount, number => ids[number - 1]), Alone);
    }

    /// <summary>How long after the start of a process its first SCIM request is answered, which reads a user.</summary>
    private async Task StartAsync()
    {
        var times = new List<double>();
        for (var round = 0; round < 7; round++)
        {
            var url = Server.Free();
            var (server, took) = await Server.StartAsync(Program("Standalone"), [.. StorageAlone("service"), $"--Listen:Http={url}", $"--Listen:Grpc={Server.Free()}"],
                new(url, "/v2/Users/" + Seed.IdOf("middle", 1)), Seed.TokenOf("middle"));
            await using var running = server;
            times.Add(took.TotalMilliseconds);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first answered request after start: {times.Order().ElementAt(times.Count / 2):0} ms (of {string.Join(", ", times.Order().Select(each => each.ToString("0", CultureInfo.InvariantCulture)))})"));
    }

    private async Task MemoryAsync()
    {
        var url = Server.Free();
        await using var server = (await StandaloneAsync(url, Storage("service"))).Server;
        await Task.Delay(TimeSpan.FromSeconds(10));
        Memory("idle", server, 0);
        using (var connection = new Connection(url, Seed.TokenOf("large")))
        {
            var (cursor, count) = ("", 0);
            do
            {
                _ = connection.Send("GET", $"/v2/Users?count=1000&excludedAttributes=groups&cursor={Uri.EscapeDataString(cursor)}");
                count += 1_000;
                cursor = Scenario.TextAfter(connection.Body, "\"nextCursor\":\""u8) ?? "";
            }
            while (cursor.Length > 0 && count < Seed.Companies["large"]);
            Memory("walking a million", server, count);
        }

        Usage.ResetPeak(server.Id);
        _ = Load(url, Seed.TokenOf("small"), 100_000);
        Memory("importing 100,000", server, 100_000);
    }

    private static void Memory(string what, Server server, int count) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"memory, {what}: {Usage.Memory(server.Id, "VmRSS"):0} MB now, {Usage.Memory(server.Id, "VmHWM"):0} MB at most{(count > 0 ? $" ({count} users)" : "")}"));

    /// <summary>Creates users over SCIM, some at once, and gives their ids.</summary>
    private static string[] Load(Uri url, string token, int count)
    {
        var ids = new string[count];
        var run = Guid.NewGuid().ToString("n")[..8];
        Parallel.For(0, 4, part =>
        {
            using var connection = new Connection(url, token);
            for (var number = part; number < count; number += 4)
            {
                var name = count == 100_000 ? $"{run}{number}@corp.example" : Target.UserNameOf(number + 1);
                ids[number] = connection.Send("POST", "/v2/Users", Profiles.Of(name, "Agent")) == 201
                    ? Scenario.TextAfter(connection.Body, "\"id\":\""u8)!
                    : throw new InvalidOperationException($"A user was not created: {Encoding.UTF8.GetString(connection.Body)}");
            }
        });
        return ids;
    }

    private async Task<Core> CoreAsync()
    {
        var (http, grpc) = (Server.Free(), Server.Free());
        return new((await Server.StartAsync(Program("Provisioning.Grpc"), [.. Storage("service"), $"--Listen:Http={http}", $"--Listen:Grpc={grpc}"], new(http, "/api/v1/companies"))).Server, grpc);
    }

    private async Task<FrontEnd> ScimAsync(Uri grpc)
    {
        var url = Server.Free();
        return new((await Server.StartAsync(Program("Scim.Rest"), [$"--Listen:Http={url}", $"--Core:Address={grpc}"], new(url, "/v2/ServiceProviderConfig"))).Server, url);
    }

    private static IReadOnlyList<string> Groups => [.. Enumerable.Range(0, Seed.GroupCount).Select(Seed.GroupOf)];

    private static Target TargetOf(string company, Uri url) => new(company, url, Seed.TokenOf(company), Seed.Companies[company], number => Seed.IdOf(company, number))
    {
        Groups = company == "large" ? Groups : [],
    };

    /// <summary>
    /// Lets the runtime compile what will be measured, before anything is: that takes a runtime as long as it takes, and a service
    /// runs for weeks.
    /// </summary>
    private void WarmUpFor(Target target, double rate, Scenario[] scenarios)
    {
        _usage.Clear();
        foreach (var scenario in scenarios.Where(IsWanted).Where(scenario => scenario != Scenario.Bulk))
        {
            _ = Bench.Load.Run(scenario, target, _usage, warmUp: 0, WarmUp, rate: rate);
        }
    }

    private void Measure(string shape, Server[] servers, Target target, params Scenario[] scenarios) => Measure(shape, servers, target, 0, scenarios);

    private void Measure(string shape, Server[] servers, Target target, double rate, params Scenario[] scenarios)
    {
        WarmUpFor(target, rate, scenarios);
        MeasureWarm(shape, servers, target, rate, scenarios);
    }

    private void MeasureWarm(string shape, Server[] servers, Target target, double rate, params Scenario[] scenarios)
    {
        _usage.Clear();
        Array.ForEach(servers, server => _usage.Add("service", server.Id));
        _usage.Add("PostgreSQL", int.Parse(Environment.GetEnvironmentVariable("BENCH_POSTGRES_PID") ?? "1", CultureInfo.InvariantCulture));
        foreach (var scenario in scenarios.Where(IsWanted))
        {
            // What makes thousands a second would be in the way of what comes after it.
            var outcome = Bench.Load.Run(scenario, target, _usage, scenario == Scenario.Bulk ? WarmUp : Settle, Seconds, rate: rate);
            _table.Add(shape, scenario, outcome, servers.Max(server => Usage.Memory(server.Id, "VmHWM")));
        }
    }

    private bool IsWanted(Scenario scenario) =>
        parts.All(part => !part.StartsWith("only=", StringComparison.Ordinal) || part[5..].Split(',').Any(word => scenario.Name.Contains(word, StringComparison.Ordinal)));

    private static double Setting(string name, double otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static void Say(string text) => Console.Error.WriteLine(text);

    private sealed record Core(Server Server, Uri Grpc) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }

    private sealed record FrontEnd(Server Server, Uri Url) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
