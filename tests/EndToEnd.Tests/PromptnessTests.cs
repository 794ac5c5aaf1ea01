using EndToEnd.Harness;
using Provisioning.Client;
using Provisioning.V1;

namespace EndToEnd;

/// <summary>What is promised within a second. Runs alone, so that it measures the product and not the other tests.</summary>
[CollectionDefinition(nameof(PromptnessTests), DisableParallelization = true)]
[Collection(nameof(PromptnessTests))]
public sealed class PromptnessTests
{
    [Fact]
    public async Task a_revocation_is_heard_by_the_other_process_within_a_second()
    {
        Assert.SkipUnless(Servers.Redis is not null, Servers.WhyNot(Setup.PostgresOneProcess) ?? "");
        await using var first = await Service.StartAsync(Setup.PostgresOneProcess);
        await using var second = await Service.StartAsync(oneProcess: true, first.Settings, first.Postgres);
        var tenant = await first.NewTenantAsync();
        using var there = ProvisioningClient.Connect(second.Grpc, tenant.Token);
        await there.Teammates.ListTeammatesAsync(new());
        var token = (await tenant.Person.ApiTokens.ListApiTokensAsync(new())).ApiTokens.Single(each => each.Name == "okta");

        await tenant.Person.ApiTokens.RevokeApiTokenAsync(new() { Id = token.Id });

        await Expect.SoonAsync(TimeSpan.FromSeconds(1), () => IsRevokedAsync(there));
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task a_change_made_by_another_process_is_seen_within_a_second(Setup setup)
    {
        await using var first = await Service.StartAsync(setup);
        await using var second = await Service.StartAsync(oneProcess: true, first.Settings, first.Postgres);
        var tenant = await first.NewTenantAsync();
        using var other = ProvisioningClient.Connect(second.Grpc, first.OperatorToken, tenant.Company.Slug);
        await using var watch = await Watch.BeginAsync(tenant.Person);

        var ada = await other.Teammates.CreateTeammateAsync(new() { Teammate = new() { Profile = new() { UserName = "ada@x" } } });
        var began = DateTime.UtcNow;
        var change = Assert.Single(await watch.TakeAsync(1));

        Assert.Equal(ada.Id, change.ResourceId);
        Assert.True(DateTime.UtcNow - began < TimeSpan.FromSeconds(1), $"It took {DateTime.UtcNow - began}.");
    }

    private static async Task<bool> IsRevokedAsync(ProvisioningClient client)
    {
        try
        {
            await client.Teammates.ListTeammatesAsync(new());
            return false;
        }
        catch (ProvisioningException refusal)
        {
            return refusal.Reason == ErrorReason.TokenRevoked;
        }
    }
}
