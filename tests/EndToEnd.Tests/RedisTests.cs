using System.Diagnostics;
using EndToEnd.Harness;
using StackExchange.Redis;

namespace EndToEnd;

public sealed class RedisTests
{
    [Fact]
    public async Task redis_killed_mid_run_opens_nothing_refuses_nobody_and_is_taken_up_again()
    {
        Assert.SkipUnless(Servers.Redis is not null, Servers.WhyNot(Setup.PostgresOneProcess) ?? "");
        var port = FreePort();
        var redis = await StartRedisAsync(port);
        await using var service = await Service.StartAsync(Setup.PostgresOneProcess, $"127.0.0.1:{port}");
        var tenant = await service.NewTenantAsync();
        Assert.Equal(200, (int)(await tenant.ScimAsync("GET", "/Users")).Status);

        redis.Kill();
        await redis.WaitForExitAsync();
        for (var call = 0; call < 20; call++)
        {
            Assert.Equal(200, (int)(await tenant.ScimAsync("GET", "/Users")).Status);
            Assert.Equal(401, (int)(await tenant.ScimAsync("GET", "/Users", authorization: $"Bearer wrong-{call}")).Status);
        }

        var token = (await tenant.Person.ApiTokens.ListApiTokensAsync(new())).ApiTokens.Single(each => each.Name == "okta");
        await tenant.Person.ApiTokens.RevokeApiTokenAsync(new() { Id = token.Id });
        Assert.Equal(401, (int)(await tenant.ScimAsync("GET", "/Users")).Status);

        using var again = await StartRedisAsync(port);
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port}");
        await Expect.SoonAsync(TimeSpan.FromSeconds(30), async () =>
            (await connection.GetServer("127.0.0.1", port).KeysAsync(pattern: "provisioning:token:*").CountAsync()) > 0);
        Assert.Equal(401, (int)(await tenant.ScimAsync("GET", "/Users")).Status);
        again.Kill();
    }

    [Fact]
    public async Task a_slow_redis_makes_calls_slower_and_refuses_nobody()
    {
        Assert.SkipUnless(Servers.Redis is not null, Servers.WhyNot(Setup.PostgresOneProcess) ?? "");
        var port = FreePort();
        using var redis = await StartRedisAsync(port);
        await using var service = await Service.StartAsync(Setup.PostgresOneProcess, $"127.0.0.1:{port}");
        var tenant = await service.NewTenantAsync();
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port},allowAdmin=true");
        var pause = TimeSpan.FromSeconds(20);

        await connection.GetServer("127.0.0.1", port).ExecuteAsync("CLIENT", "PAUSE", $"{pause.TotalMilliseconds}", "ALL");
        var began = DateTime.UtcNow;
        Assert.Equal(200, (int)(await tenant.ScimAsync("GET", "/Users")).Status);
        Assert.Equal(401, (int)(await tenant.ScimAsync("GET", "/Users", authorization: "Bearer wrong")).Status);

        Assert.True(DateTime.UtcNow - began < pause, "The calls waited for Redis.");
        redis.Kill();
    }

    [Fact]
    public async Task a_lying_redis_is_not_believed()
    {
        Assert.SkipUnless(Servers.Redis is not null, Servers.WhyNot(Setup.PostgresOneProcess) ?? "");
        var tenant = await Setup.PostgresOneProcess.TenantAsync();
        await tenant.ScimAsync("GET", "/Users");
        await using var connection = await ConnectionMultiplexer.ConnectAsync(Servers.Redis!);
        var database = connection.GetDatabase();
        RedisKey KeyOf(string secret) => "provisioning:token:v1:" + Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret)));
        await Expect.SoonAsync(TimeSpan.FromSeconds(10), () => database.KeyExistsAsync(KeyOf(tenant.Token)));

        var entry = await database.StringGetAsync(KeyOf(tenant.Token));
        Assert.DoesNotContain(tenant.Token, entry.ToString(), StringComparison.Ordinal);
        await database.StringSetAsync(KeyOf("some-secret-that-was-never-made-here-at-all"), entry);

        Assert.Equal(401,
            (int)(await tenant.ScimAsync("GET", "/Users", authorization: "Bearer some-secret-that-was-never-made-here-at-all")).Status);
    }

    private static async Task<Process> StartRedisAsync(int port)
    {
        var process = Process.Start(new ProcessStartInfo(
            "redis-server", ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--dir",
                Path.GetTempPath()])
        { RedirectStandardOutput = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        await Expect.SoonAsync(TimeSpan.FromSeconds(20), async () =>
        {
            using var probe = new System.Net.Sockets.TcpClient();
            try
            {
                await probe.ConnectAsync("127.0.0.1", port);
                return true;
            }
            catch (System.Net.Sockets.SocketException)
            {
                return false;
            }
        });
        return process;
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
