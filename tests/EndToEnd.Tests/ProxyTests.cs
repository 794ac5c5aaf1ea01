using EndToEnd.Harness;

namespace EndToEnd;

public sealed class ProxyTests
{
    private static readonly Dictionary<string, string> Forwarded =
        new() { ["X-Forwarded-Proto"] = "https", ["X-Forwarded-Host"] = "scim.example.test" };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Proves("forwarded-headers")]
    public async Task addresses_follow_the_forwarded_headers_of_configured_proxies_alone(bool known)
    {
        var settings = $"--Data:Folder={Directory.CreateTempSubdirectory("provisioning-").FullName}";
        await using var service = await Service.StartAsync(
            oneProcess: true, known ? [settings, "--Proxies:Known=127.0.0.1"] : [settings], postgres: null);
        var tenant = await service.NewTenantAsync();

        var answer = await Tenant.SendAsync(new(service.Scim, "/v2/Users"), "POST", """{"userName":"ada@x"}""", "Bearer "
            + tenant.Token, "application/scim+json", Forwarded);

        var url = (known ? "https://scim.example.test" : service.Scim.ToString().TrimEnd('/')) + "/v2/Users/" + answer["id"];
        Assert.Equal((url, url), (answer.Headers.Location!.ToString(), answer.Json["meta"]!["location"]!.GetValue<string>()));
    }
}
