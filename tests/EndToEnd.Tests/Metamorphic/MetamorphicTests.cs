using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EndToEnd.Harness;

namespace EndToEnd.Metamorphic;

/// <summary>
/// Random requests on both engines at once. After each that was accepted, everything it said can be read back under its canonical name;
/// after each that was refused, nothing has changed; and both engines answer alike. `METAMORPHIC_CASES` and `METAMORPHIC_SEED` say how
/// many and which (scripts/metamorphic.sh).
/// </summary>
public sealed partial class MetamorphicTests
{
    private const int Workers = 8, Users = 6, Groups = 3;

    private static readonly int Cases = int.Parse(
        Environment.GetEnvironmentVariable("METAMORPHIC_CASES") ?? "2000", CultureInfo.InvariantCulture);

    private static readonly int Seed = Environment.GetEnvironmentVariable("METAMORPHIC_SEED") is { Length: > 0 } seed
        ? int.Parse(seed, CultureInfo.InvariantCulture) : Random.Shared.Next();

    [Fact]
    public async Task what_is_accepted_can_be_read_back_and_what_is_refused_changes_nothing()
    {
        // Every other worker has the SCIM layer and the core in processes of their own.
        Setup[][] pairs = [[Setup.SqliteOneProcess, Setup.PostgresOneProcess], [Setup.SqliteTwoProcesses, Setup.PostgresTwoProcesses]];
        var (accepted, refused) = (0, 0);
        await Parallel.ForAsync(0, Workers, async (worker, _) =>
        {
            var setups = pairs[worker % 2].Where(setup => Servers.WhyNot(setup) is null);
            var run = await Run.BeginAsync(setups, new Random(Seed + worker));
            for (var number = 0; number < Cases / Workers; number++)
            {
                try
                {
                    var isAccepted = await run.PlayAsync();
                    Interlocked.Add(ref isAccepted ? ref accepted : ref refused, 1);
                }
                catch (Exception failure)
                {
                    throw new InvalidOperationException(
                        $"METAMORPHIC_SEED={Seed}, worker {worker}, case {number}: {failure.Message}", failure);
                }
            }

            await run.EndAsync();
        });
        await File.WriteAllTextAsync(Path.Combine(RunningProgram.Root, "artifacts", "metamorphic.txt"),
            $"METAMORPHIC_SEED={Seed}: {Cases} cases on both engines, in one process and in two: {accepted} accepted, {refused} refused\n");
        Assert.True(accepted > Cases / 4 && refused > Cases / 8,
            $"Of {Cases} cases {accepted} were accepted and {refused} refused: they prove too little.");
    }

    /// <summary>One worker's companies, the same on each engine.</summary>
    private sealed class Run
    {
        private readonly RequestMaker _maker;
        private readonly Random _random;
        private readonly List<World> _worlds;
        private readonly HashSet<string> _passedOver = [];
        private int _names;

        private Run(List<World> worlds, Random random) => (_worlds, _random, _maker) = (worlds, random, new(random));

        public static async Task<Run> BeginAsync(IEnumerable<Setup> setups, Random random)
        {
            var worlds = new List<World>();
            foreach (var setup in setups)
            {
                worlds.Add(await World.BeginAsync(await setup.TenantAsync()));
            }

            return new(worlds, random);
        }

        /// <summary>Plays one case; says whether it was accepted.</summary>
        public async Task<bool> PlayAsync()
        {
            if (_random.Next(10) == 0)
            {
                return await PlayBulkAsync();
            }

            var request = NewRequest();
            var answers = await Task.WhenAll(_worlds.Select(async world =>
            {
                var before = await world.ReadBeforeAsync(request);
                var answer = await world.SendAsync(request);
                Assert.True((int)answer.Status < 500, $"{Show(request)}\nanswered {(int)answer.Status} {answer.Text}");
                await world.JudgeAsync(request, (int)answer.Status, answer.Text, before, Show(request));
                return (Status: (int)answer.Status, Text: world.Common(answer.Text));
            }));

            Assert.True(answers.Distinct().Count() == 1, $"The engines differ: {Show(request)}\n{string.Join('\n', answers)}");
            var isAccepted = answers[0].Status < 300;
            NotePassedOver(request, isAccepted);
            return isAccepted;
        }

        /// <summary>What groups pass over is warned of, each name once.</summary>
        public async Task EndAsync()
        {
            foreach (var world in _worlds)
            {
                var warned = (await world.Tenant.LogAsync()).SelectMany(entry => entry.Warnings).SelectMany(warning => warning.Attributes)
                    .ToHashSet();
                Assert.Empty(_passedOver.Except(warned));
            }
        }

        private async Task<bool> PlayBulkAsync()
        {
            var requests = new List<Request>();
            foreach (var request in Enumerable.Range(0, 3).Select(_ => NewRequest()))
            {
                if (requests.All(each => (each.Kind, each.Target) != (request.Kind, request.Target) && each.Kind == request.Kind))
                {
                    requests.Add(request);
                }
            }

            var all = await Task.WhenAll(_worlds.Select(async world =>
            {
                var before = await Task.WhenAll(requests.Select(world.ReadBeforeAsync));
                var answer = await world.SendBulkAsync(requests);
                Assert.True((int)answer.Status == 200, answer.Text);
                var results = (JsonArray)answer.Json["Operations"]!;
                foreach (var (index, result) in results.Index())
                {
                    await world.JudgeAsync(
                        requests[index], StatusOf(result!), result!.ToJsonString(), before[index], "In bulk: " + Show(requests[index]));
                }

                return (Results: results, Text: world.Common(answer.Text));
            }));

            Assert.True(
                all.Select(each => each.Text).Distinct().Count() == 1,
                $"The engines differ in bulk: {string.Join('\n', requests.Select(Show))}\n"
                + string.Join('\n', all.Select(each => each.Text)));
            var accepted = all[0].Results.Select(result => StatusOf(result!) < 300).ToList();
            foreach (var (request, isAccepted) in requests.Zip(accepted))
            {
                NotePassedOver(request, isAccepted);
            }

            return accepted.Contains(true);
        }

        private static int StatusOf(JsonNode result) => int.Parse(result["status"]!.GetValue<string>(), CultureInfo.InvariantCulture);

        private void NotePassedOver(Request request, bool isAccepted)
        {
            if (isAccepted)
            {
                _passedOver.UnionWith(request.PassedOver);
            }
        }

        /// <summary>Ids are the worlds' own: requests name resources by their place.</summary>
        private Request NewRequest()
        {
            var members = Enumerable.Range(0, Users).Select(index => World.Placeholder("u", index)).ToList();
            var name = $"name{++_names}@x";
            return _random.Next(8) switch
            {
                0 => _maker.User("POST", -1, name),
                1 or 2 => _maker.User("PUT", _random.Next(Users), name),
                3 => _maker.Group("POST", -1, name, members),
                4 => _maker.Group("PUT", _random.Next(Groups), name, members),
                5 => _maker.GroupPatch(_random.Next(Groups), members),
                _ => _maker.UserPatch(_random.Next(Users)),
            };
        }

        private static string Show(Request request) => $"{request.Method} {request.Kind} {request.Target} {request.Body.ToJsonString()}";
    }

    /// <summary>A company on one engine, with its resources by their places.</summary>
    private sealed partial class World(Tenant tenant)
    {
        private readonly List<string> _users = [], _groups = [];

        public Tenant Tenant => tenant;

        public static string Placeholder(string kind, int index) => $"<{kind}{index}>";

        public static async Task<World> BeginAsync(Tenant tenant)
        {
            var world = new World(tenant);
            for (var index = 0; index < Users; index++)
            {
                world._users.Add((await tenant.ScimAsync(
                    "POST", "/Users",
                        $$"""
                        {"userName":"u{{index}}@x","emails":[{"value":"u{{index}}@x"}],"roles":["Agent"],"title":"T"}
                        """))["id"]!);
            }

            for (var index = 0; index < Groups; index++)
            {
                world._groups.Add((await tenant.ScimAsync(
                    "POST", "/Groups", $$"""{"displayName":"g{{index}}","members":[{"value":"{{world._users[0]}}"}]}"""))["id"]!);
            }

            return world;
        }

        public Task<Answer> SendAsync(Request request) =>
            tenant.ScimAsync(request.Method, PathOf(request), Filled(request.Body.ToJsonString()));

        public Task<Answer> SendBulkAsync(IEnumerable<Request> requests) =>
            tenant.ScimAsync(
                "POST", "/Bulk", Filled(RequestMaker.Bulk(requests.Select(request => (request, PathOf(request)))).ToJsonString()));

        /// <summary>The resource that a request is about, for comparison where the request must be refused; null otherwise.</summary>
        public async Task<JsonObject?> ReadBeforeAsync(Request request) => request.Nonsense is null ? null : await ReadAsync(request);

        public async Task JudgeAsync(Request request, int status, string answer, JsonObject? before, string shown)
        {
            var after = request.Target >= 0 ? await ReadAsync(request) : status < 300 ? await ReadNewAsync(request, answer) : null;
            if (status >= 300)
            {
                Assert.True(request.Nonsense is not null, $"Refused by {status}, though all of it means something: {shown}\n{answer}");
                Assert.True(JsonNode.DeepEquals(before, after),
                    $"Refused by {status}, and changed: {shown}\n{before?.ToJsonString()}\n{after?.ToJsonString()}");
                return;
            }

            Assert.True(request.Nonsense is null, $"Accepted in spite of {request.Nonsense}: {shown}");
            var common = (JsonObject)JsonNode.Parse(Common(after!.ToJsonString()))!;
            foreach (var written in request.Written)
            {
                Assert.True(written.Holds(common), $"{written.Name} cannot be read back: {shown}\n{after.ToJsonString()}");
            }
        }

        /// <summary>A text with places instead of this company's own ids, times and addresses.</summary>
        public string Common(string text)
        {
            foreach (var (kind, ids) in (ReadOnlySpan<(string, List<string>)>)[("u", _users), ("g", _groups)])
            {
                foreach (var (index, id) in ids.Index())
                {
                    text = text.Replace(id, Placeholder(kind, index), StringComparison.Ordinal);
                }
            }

            return Own().Replace(text, "…");
        }

        private async Task<JsonObject?> ReadAsync(Request request) =>
            request.Target < 0 ? null : (await tenant.ScimAsync("GET", PathOf(request))).Json;

        private async Task<JsonObject> ReadNewAsync(Request request, string answer)
        {
            var made = (JsonObject)JsonNode.Parse(answer)!;
            var id = made["id"]?.GetValue<string>() ?? made["location"]!.GetValue<string>().Split('/')[^1];
            return (await tenant.ScimAsync("GET", $"/{request.Kind}/{id}")).Json;
        }

        private string Filled(string body)
        {
            foreach (var (index, id) in _users.Index())
            {
                body = body.Replace(Placeholder("u", index), id, StringComparison.Ordinal).Replace(
                    $"\\u003Cu{index}\\u003E", id, StringComparison.Ordinal);
            }

            return body;
        }

        private string PathOf(Request request) =>
            $"/{request.Kind}{(request.Target < 0 ? "" : "/" + (request.Kind == "Users" ? _users : _groups)[request.Target])}";

        [GeneratedRegex(@"(tea|grp)_[0-9a-z]{20,}|http://127\.0\.0\.1:\d+|\d{4}-\d{2}-\d{2}T[0-9:.]+Z|W/\\?(\\u0022|"")[0-9]+\.[0-9a-f]+")]
        private static partial Regex Own();
    }
}
