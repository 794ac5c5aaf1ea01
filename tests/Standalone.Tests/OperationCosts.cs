using System.Diagnostics.Metrics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Provisioning;

namespace Standalone.Tests;

/// <summary>
/// What SCIM requests cost wherever they run: calls of the core, and bytes allocated, those of the client here included. Runs alone,
/// since both are counted for the whole process.
/// </summary>
[CollectionDefinition(nameof(OperationCosts), DisableParallelization = true)]
[Collection(nameof(OperationCosts))]
public sealed class OperationCosts : IAsyncLifetime
{
    private const string Secret = "costs-0123456789abcdefghijklmnopqrstuvwxyz";

    private const int WarmUp = 60, Batches = 5, Batch = 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("costs-").FullName;
    private readonly HttpClient _http = new();
    private readonly MeterListener _meters = new();
    private WebApplication? _app;
    private long _calls;
    private int _number;

    /// <summary>An operation, how many calls of the core it makes, and how many kilobytes it allocates at most.</summary>
    public static TheoryData<string, int, int> Operations { get; } = new()
    {
        { "GET by id", 1, 36 },
        { "look-up by user name", 1, 44 },
        { "create", 1, 145 },
        { "block or unblock", 1, 86 },
        { "PUT", 1, 122 },
        { "PATCH of eight operations", 1, 220 },
        { "page of 100", 1, 670 },
        { "PATCH of a group", 1, 80 },
        { "bulk of 20 creates", 1, 2_200 },
    };

    public async ValueTask InitializeAsync()
    {
        var bootstrap = Path.Combine(_folder, "bootstrap.json");
        await File.WriteAllTextAsync(bootstrap, $$"""
            {"companies":[{"slug":"acme","displayName":"Acme","features":{"scim":true,"templates":true},
             "templates":[{"name":"Support agent"}],
            "tokens":[{"name":"okta","secret":"{{Secret}}","connection":"okta"}]}]}
            """);
        var url = $"http://127.0.0.1:{FreePort()}";
        _app = StandaloneHost.Build([$"--Listen:Http={url}", $"--Listen:Grpc=http://127.0.0.1:{FreePort()}", "--applicationName=Standalone",
            $"--Data:Folder={_folder}", $"--Bootstrap:File={bootstrap}"]);
        await _app.Services.StartCoreAsync();
        await _app.StartAsync();
        _http.BaseAddress = new(url);
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Secret);
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Provisioning.InProcess")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref _calls));
        _meters.Start();
    }

    public async ValueTask DisposeAsync()
    {
        _meters.Dispose();
        _http.Dispose();
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Theory, MemberData(nameof(Operations))]
    public async Task an_operation_makes_so_many_calls_and_allocates_no_more_than_this(string operation, int calls, int kilobytes)
    {
        var work = await PrepareAsync(operation);
        for (var time = 0; time < WarmUp; time++)
        {
            await work();
        }

        var (before, least) = (Interlocked.Read(ref _calls), long.MaxValue);
        for (var batch = 0; batch < Batches; batch++)
        {
            var allocated = GC.GetTotalAllocatedBytes(precise: true);
            for (var time = 0; time < Batch; time++)
            {
                await work();
            }

            // What runs beside, now and then, only ever adds.
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - allocated);
        }

        Assert.Equal(calls, (Interlocked.Read(ref _calls) - before) / (double)(Batches * Batch));
        Assert.InRange(least / Batch / 1024, 0, kilobytes);
    }

    private async Task<Func<Task>> PrepareAsync(string operation)
    {
        var user = await MakeAsync("/v2/Users", UserOf("ada@corp.example"));
        switch (operation)
        {
            case "GET by id":
                return () => SendAsync("GET", $"/v2/Users/{user}");
            case "look-up by user name":
                return () => SendAsync("GET", "/v2/Users?filter=userName%20eq%20%22ada@corp.example%22&startIndex=1&count=100");
            case "create":
                return () => SendAsync("POST", "/v2/Users", UserOf(NextName()));
            case "block or unblock":
                return () => SendAsync("PATCH", $"/v2/Users/{user}",
                    $$$"""
                    {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace",
                     "value":{"active":{{{(_number++ % 2 == 0 ? "false" : "true")}}}}}]}
                    """);
            case "PUT":
                return () => SendAsync("PUT", $"/v2/Users/{user}",
                    UserOf("ada@corp.example").Replace("Agent", $"Agent {_number++}", StringComparison.Ordinal));
            case "PATCH of eight operations":
                return () => SendAsync("PATCH", $"/v2/Users/{user}", EntraPatch(_number++));
            case "page of 100":
                for (var count = 0; count < 6; count++)
                {
                    await SendAsync("POST", "/v2/Bulk", Bulk());
                }

                return () => SendAsync("GET", "/v2/Users?startIndex=1&count=100");
            case "PATCH of a group":
                var group = await MakeAsync("/v2/Groups", """{"displayName":"Support"}""");
                return () => SendAsync("PATCH", $"/v2/Groups/{group}",
                    $$"""
                    {"Operations":[{"op":"{{(_number++ % 2 == 0 ? "add" : "remove")}}","path":"members","value":[{"value":"{{user}}"}]}]}
                    """);
            default:
                return () => SendAsync("POST", "/v2/Bulk", Bulk());
        }
    }

    private string Bulk() => $$"""
        {"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
         "Operations":[{{string.Join(',', Enumerable.Range(0, 20).Select(each =>
            $$"""{"method":"POST","path":"/Users","bulkId":"b{{each}}","data":{{UserOf(NextName())}}}"""))}}]}
        """;

    /// <summary>A profile as Entra pushes it (docs/entra.md).</summary>
    private static string EntraPatch(int number) => $$"""
        {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"displayName",
         "value":"Ada {{number}}"},{"op":"Replace","path":"title","value":"Lead {{number}}"},
        {"op":"Add","path":"emails[type eq \"work\"].value","value":"ada{{number}}@corp.example"},{"op":"Replace","path":"name.givenName",
         "value":"Ada"},{"op":"Replace","path":"name.familyName","value":"Byron"},
        {"op":"Add","path":"phoneNumbers[type eq \"work\"].value","value":"+44 {{number}}"},{"op":"Add",
         "path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"Sales"},
        {"op":"Add","path":"externalId","value":"00u{{number}}"}]}
        """;

    private string NextName() => $"new{_number++}@corp.example";

    private static string UserOf(string name) => $$"""
        {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{{name}}","name":{"givenName":"Ada","familyName":"Byron"},
         "displayName":"Ada Byron","title":"Agent","emails":[{"primary":true,"value":"{{name}}","type":"work"}],"externalId":"00u{{name}}",
          "roles":[{"value":"Support agent","primary":true}],"active":true}
        """;

    private async Task<string> MakeAsync(string path, string body) =>
        JsonNode.Parse(await SendAsync("POST", path, body))!["id"]!.GetValue<string>();

    private async Task<string> SendAsync(string method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(new(method), path)
        {
            Content = body is null ? null
            : new StringContent(body, Encoding.UTF8, "application/scim+json")
        };
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return text;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
