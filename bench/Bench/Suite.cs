using System.Globalization;
using System.Text;
using Npgsql;

namespace Bench;

/// <summary>One run of everything, or of the parts that are named.</summary>
internal sealed class Suite(string postgres, string redis, string folder, string[] parts)
{
    private const int PeerCount = 10_000, SqliteCount = 10_000;

    private const double Settle = 2, SettleRound = 0.3;

    /// <summary>In how many rounds sides are measured by turns: a machine's mood changes within minutes.</summary>
    private const int Rounds = 4;

    private static readonly double Seconds = Setting("BENCH_SECONDS", 6), WarmUp = Setting("BENCH_WARM_UP", 15);

    private static readonly Scenario[] Everything =
        [Scenario.Get, Scenario.LookUp, Scenario.CreateFlow, Scenario.Block, Scenario.Put, Scenario.FirstPage, Scenario.LastPage,
            Scenario.PageByIndex, Scenario.PageByCursor, Scenario.Bulk];

    private static readonly Scenario[] Alone =
        [Scenario.Get, Scenario.LookUp, Scenario.CreateFlow, Scenario.Block, Scenario.Put, Scenario.FirstPage, Scenario.PageByIndex];

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
            ("one", OneAsync), ("size", SizesAsync), ("behind", BehindAsync),
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
        ["--Storage:Provider=Postgres", $"--Storage:ConnectionString={postgres};Database={database}", $"--Redis:ConnectionString={redis}",
            "--Storage:MigrateAtStart=true", $"--Data:Folder={folder}/data"];

    private async Task<(Server Server, TimeSpan Took)> StandaloneAsync(Uri url, string[] settings, string? program = null) =>
        await Server.StartAsync(program ?? Program("Standalone"), [.. settings, $"--Listen:Http={url}", $"--Listen:Grpc={Server.Free()}"],
            new(url, "/v2/ServiceProviderConfig"));

    /// <summary>
    /// The floor, one process and two processes, by turns; with BENCH_OTHER, another build of the one in place of the two.
    /// </summary>
    private async Task OneAsync()
    {
        var url = Server.Free();
        await using var floor = (await Server.StartAsync(
            Program("Floor"), [url.ToString(), postgres + ";Database=floor"], new(url, "/constant"))).Server;
        await using var one = await OneProcessAsync("one process", Program("Standalone"));
        await using var other = Environment.GetEnvironmentVariable("BENCH_OTHER") is { Length: > 0 } program
            ? await OneProcessAsync("other build", program)
            : null;
        await using var core = await CoreAsync();
        await using var scim = await ScimAsync(core.Grpc);
        Target FloorOf(string company) =>
            new("floor", url, "none", Seed.Companies[company], number => Seed.IdOf(company, number))
            {
                Groups = company == "large" ? Groups
                : []
            };
        Side[] SidesOf(string company) =>
        [
            new("floor", [floor], FloorOf(company), Table.FloorOf),
            new("one process", [one.Server], TargetOf(company, one.Url)),
            other is null
                ? new("two processes", [core.Server, scim.Server], TargetOf(company, scim.Url))
                : new("other build", [other.Server], TargetOf(company, other.Url)),
        ];
        Measure([new("floor", [floor], FloorOf("middle"))], Scenario.Constant);
        Measure(SidesOf("middle"), Everything);
        Measure(SidesOf("large"), Scenario.Move, Scenario.MoveInOne);
        Measure([new("one, open loop", [one.Server], TargetOf("middle", one.Url)) { Rate = 500 }], Scenario.Get, Scenario.Block);
    }

    private async Task<FrontEnd> OneProcessAsync(string name, string program)
    {
        Say($"starting {name}");
        var url = Server.Free();
        return new((await StandaloneAsync(url, Storage("service"), program)).Server, url);
    }

    /// <summary>A small company beside a large one. Groups are left out of what is read: only the large one has any.</summary>
    private async Task SizesAsync()
    {
        var url = Server.Free();
        await using var server = (await StandaloneAsync(url, Storage("service"))).Server;
        var (small, large) = (TargetOf("small", url) with { Shown = "excludedAttributes=groups" },
            TargetOf("large", url) with { Shown = "excludedAttributes=groups" });
        Measure([new("1,000", [server], small), new("1,000,000", [server], large)], Everything);
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
        await using var proxy = (await Server.StartAsync(
            "/usr/sbin/haproxy", ["-f", settings], new(url, "/v2/ServiceProviderConfig"))).Server;
        Measure([new("two of each", [core.Server, other.Server, scim.Server, second.Server, proxy], TargetOf("middle", url))], Alone);
    }

    private async Task SqliteAsync()
    {
        var data = Directory.CreateTempSubdirectory("bench-").FullName;
        var url = Server.Free();
        await using var server = (await StandaloneAsync(
            url, [$"--Data:Folder={data}", $"--Bootstrap:File={folder}/bootstrap.json"])).Server;
        var ids = Fill(url, Seed.TokenOf("middle"), SqliteCount);
        Measure([new("SQLite", [server], new("sqlite", url, Seed.TokenOf("middle"), SqliteCount, number => ids[number - 1]))],
            [.. Alone, Scenario.PageByCursor, Scenario.Bulk]);
    }

    private async Task PeerAsync()
    {
        var url = Server.Free();
        await using var server = (await Server.StartAsync(
            "/usr/bin/env", ["node", Path.Combine(_root, "bench", "Peer", "server.mjs"), url.Port.ToString(CultureInfo.InvariantCulture),
                "bench"], new(url, "/v2/ServiceProviderConfig"), "bench")).Server;
        var ids = Fill(url, "bench", PeerCount);
        Measure([new("scimmy, memory", [server], new("peer", url, "bench", PeerCount, number => ids[number - 1]))], Alone);
    }

    /// <summary>How long after the start of a process its first SCIM request is answered, which reads a user.</summary>
    private async Task StartAsync()
    {
        var times = new List<double>();
        for (var round = 0; round < 7; round++)
        {
            var url = Server.Free();
            var (server, took) = await Server.StartAsync(
                Program("Standalone"), [.. StorageAlone("service"), $"--Listen:Http={url}", $"--Listen:Grpc={Server.Free()}"],
                new(url, "/v2/Users/" + Seed.IdOf("middle", 1)), Seed.TokenOf("middle"));
            await using var running = server;
            times.Add(took.TotalMilliseconds);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
                $"first answered request after start: {times.Order().ElementAt(times.Count / 2):0} ms (of "
                    + $"{string.Join(", ", times.Order().Select(each => each.ToString("0", CultureInfo.InvariantCulture)))})"));
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
        _ = Fill(url, Seed.TokenOf("small"), 100_000);
        Memory("importing 100,000", server, 100_000);
    }

    private static void Memory(string what, Server server, int count) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"memory, {what}: {Usage.Memory(server.Id, "VmRSS"):0} MB now, {Usage.Memory(server.Id, "VmHWM"):0} MB at "
            + $"most{(count > 0 ? $" ({count} users)" : "")}"));

    /// <summary>Creates users over SCIM, some at once, and gives their ids.</summary>
    private static string[] Fill(Uri url, string token, int count)
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
        return new((await Server.StartAsync(
            Program("Provisioning.Grpc"), [.. Storage("service"), $"--Listen:Http={http}", $"--Listen:Grpc={grpc}"],
                new(http, "/api/v1/companies"))).Server, grpc);
    }

    private async Task<FrontEnd> ScimAsync(Uri grpc)
    {
        var url = Server.Free();
        return new((await Server.StartAsync(
            Program("Scim.Rest"), [$"--Listen:Http={url}", $"--Core:Address={grpc}"], new(url, "/v2/ServiceProviderConfig"))).Server, url);
    }

    private static IReadOnlyList<string> Groups => [.. Enumerable.Range(0, Seed.GroupCount).Select(Seed.GroupOf)];

    private static Target TargetOf(string company, Uri url) =>
        new(company, url, Seed.TokenOf(company), Seed.Companies[company], number => Seed.IdOf(company, number))
        {
            Groups = company == "large" ? Groups : [],
        };

    /// <summary>
    /// Measures scenarios on one or several sides. Before anything is measured, the runtime may compile what will be: that takes a
    /// runtime as long as it takes, and a service runs for weeks.
    /// </summary>
    private void Measure(IReadOnlyList<Side> sides, params Scenario[] scenarios)
    {
        Scenario[] wanted = [.. scenarios.Where(IsWanted)];
        foreach (var side in sides)
        {
            // Bulk requests make thousands a second, which would be in the way of what is measured before them.
            foreach (var scenario in wanted.Where(scenario => scenario != Scenario.Bulk).Select(side.ScenarioFor).Distinct())
            {
                using var load = side.Load(scenario);
                load.WarmUp(WarmUp);
            }
        }

        foreach (var scenario in wanted)
        {
            var loads = sides.Select(side => side.Load(side.ScenarioFor(scenario))).ToList();
            loads.ForEach(load => load.WarmUp(scenario == Scenario.Bulk ? WarmUp : Settle));
            var rounds = sides.Count == 1 ? 1 : Rounds;
            for (var round = 0; round < rounds; round++)
            {
                foreach (var load in loads)
                {
                    load.WarmUp(SettleRound);
                    load.Measure(Seconds / rounds);
                }
            }

            foreach (var (side, load) in sides.Zip(loads))
            {
                _table.Add(side.Shape, scenario, load.Outcome, side.Servers.Max(server => Usage.Memory(server.Id, "VmHWM")));
                load.Dispose();
            }
        }
    }

    private bool IsWanted(Scenario scenario) =>
        parts.All(part => !part.StartsWith("only=", StringComparison.Ordinal)
            || part[5..].Split(',').Any(word => scenario.Name.Contains(word, StringComparison.Ordinal)));

    private static double Setting(string name, double otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static void Say(string text) => Console.Error.WriteLine(text);

    /// <summary>Servers that are measured as one.</summary>
    /// <param name="Shape">What the table calls them.</param>
    /// <param name="Servers">Their processes.</param>
    /// <param name="Target">Where they are asked.</param>
    /// <param name="Like">What is measured on them in a scenario's place; null for that itself.</param>
    private sealed record Side(string Shape, Server[] Servers, Target Target, Func<Scenario, Scenario>? Like = null)
    {
        /// <summary>Operations per second; 0 for as many as they can.</summary>
        public double Rate { get; init; }

        public Scenario ScenarioFor(Scenario scenario) => Like?.Invoke(scenario) ?? scenario;

        public Load Load(Scenario scenario)
        {
            var usage = new Usage();
            Array.ForEach(Servers, server => usage.Add("service", server.Id));
            usage.Add(
                "PostgreSQL", int.Parse(Environment.GetEnvironmentVariable("BENCH_POSTGRES_PID") ?? "1", CultureInfo.InvariantCulture));
            return new(scenario, Target, usage, rate: Rate);
        }
    }

    private sealed record Core(Server Server, Uri Grpc) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }

    private sealed record FrontEnd(Server Server, Uri Url) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
