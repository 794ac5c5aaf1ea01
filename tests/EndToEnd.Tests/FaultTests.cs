using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using EndToEnd.Harness;
using Npgsql;
using Provisioning.V1;

namespace EndToEnd;

/// <summary>What callers meet while something is wrong, and that it ends with its cause.</summary>
public sealed class FaultTests
{
    private const string BadPatch =
        """
        {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"Usr.active","value":false}]}
        """;

    [Fact]
    public async Task a_read_only_database_is_503_and_ends_no_process()
    {
        Assert.SkipUnless(Servers.Postgres is not null, Servers.WhyNot(Setup.PostgresOneProcess) ?? "");
        await using var service = await Service.StartAsync(Setup.PostgresOneProcess);
        var tenant = await service.NewTenantAsync();
        var database = new NpgsqlConnectionStringBuilder(service.Postgres).Database;
        await using var server = new NpgsqlConnection(Servers.Postgres);
        await server.OpenAsync();

        await RunAsync(server, $"ALTER DATABASE {database} SET default_transaction_read_only = on",
            $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'");
        for (var second = 0; second < 8; second++)
        {
            var refused = await tenant.ScimAsync("POST", "/Users", $$"""{"userName":"ada{{second}}@x"}""");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.Status);
            Assert.NotNull(refused.Headers.RetryAfter);
            await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        }

        await RunAsync(server, $"ALTER DATABASE {database} RESET default_transaction_read_only",
            $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'");
        await Expect.SoonAsync(TimeSpan.FromSeconds(30),
            async () => (await tenant.ScimAsync("POST", "/Users", """{"userName":"grace@x"}""")).Status == HttpStatusCode.Created);
        Assert.Equal(0, await service.Core.StopAsync());
    }

    [Theory, Everywhere]
    public async Task a_bad_request_that_many_repeat_is_counted_exactly_and_delays_no_other_company(Setup setup)
    {
        const int Connections = 100, Times = 5;
        var (tenant, other) = (await setup.TenantAsync(), await setup.TenantAsync());
        var ada = await tenant.NewTeammateAsync("ada@x");
        var theirs = await other.NewTeammateAsync("bob@x");

        var repeats = Enumerable.Range(0, Connections).Select(async _ =>
        {
            for (var time = 0; time < Times; time++)
            {
                Assert.Equal(HttpStatusCode.BadRequest, (await tenant.ScimAsync("PATCH", $"/Users/{ada.Id}", BadPatch)).Status);
            }
        }).ToList();
        Assert.Equal(Teammate.Types.State.Blocked, (await other.Person.Teammates.BlockTeammateAsync(new() { Id = theirs.Id })).State);
        await Task.WhenAll(repeats);

        Assert.Equal(Connections * Times,
            (await tenant.LogAsync(ada.Id)).Where(entry => entry.Outcome == LogEntry.Types.Outcome.Refused).Sum(entry => entry.Count));
    }

    [Theory, Everywhere]
    public async Task a_compressed_body_is_read_and_an_unknown_encoding_is_415(Setup setup)
    {
        var tenant = await setup.TenantAsync();

        Assert.Equal(HttpStatusCode.Created, await PostAsync(tenant, "gzip", Zip("""{"userName":"ada@x"}""")));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await PostAsync(tenant, "snappy", Zip("""{"userName":"grace@x"}""")));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge,
            await PostAsync(tenant, "gzip", Zip($$"""{"userName":"bob@x","title":"{{new string('x', 8_000_000)}}"}""")));
    }

    [Theory, Everywhere]
    public async Task an_address_that_is_too_long_is_414_in_scims_form(Setup setup)
    {
        var tenant = await setup.TenantAsync();

        var answer = await tenant.ScimAsync("GET", "/Users?filter=" + new string('x', 100_000));

        Assert.Equal((414, "414"), ((int)answer.Status, answer["status"]));
    }

    private static byte[] Zip(string text)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return zipped.ToArray();
    }

    private static async Task<HttpStatusCode> PostAsync(Tenant tenant, string encoding, byte[] body)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri(tenant.Service.Scim, "/v2/Users"))
        { Content = new ByteArrayContent(body) };
        request.Headers.Authorization = new("Bearer", tenant.Token);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/scim+json");
        request.Content.Headers.ContentEncoding.Add(encoding);
        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }

    private static async Task RunAsync(NpgsqlConnection connection, params string[] statements)
    {
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }
    }
}
