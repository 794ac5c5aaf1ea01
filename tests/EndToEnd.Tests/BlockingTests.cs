using EndToEnd.Harness;
using Provisioning.V1;
using State = Provisioning.V1.Teammate.Types.State;

namespace EndToEnd;

public sealed class BlockingTests
{
    [Theory, Everywhere]
    public async Task blocking_moves_state_version_change_and_log_together(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ada = await tenant.NewTeammateAsync();

        var blocked = await tenant.Provider.Teammates.BlockTeammateAsync(new() { Id = ada.Id });

        Assert.Equal(State.Blocked, blocked.State);
        Assert.Equal(ada.Version + 1, blocked.Version);
        Assert.NotNull(blocked.BlockTime);
        Assert.True(blocked.UpdateTime.ToDateTime() >= ada.UpdateTime.ToDateTime().AddMilliseconds(1));
        var entry = (await tenant.LogAsync(ada.Id))[0];
        Assert.Equal("okta blocked ada@corp.example", entry.Summary);
        Assert.Equal(LogEntry.Types.Outcome.Done, entry.Outcome);
        var difference = Assert.Single(entry.Differences);
        Assert.Equal(("active", "true", "false"), (difference.Attribute, difference.BeforeJson, difference.AfterJson));
    }

    [Theory, Everywhere]
    public async Task blocking_a_blocked_teammate_changes_nothing_and_is_counted(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ada = await tenant.NewTeammateAsync();
        var first = await tenant.Provider.Teammates.BlockTeammateAsync(new() { Id = ada.Id });

        var second = await tenant.Provider.Teammates.BlockTeammateAsync(new() { Id = ada.Id });
        var third = await tenant.Provider.Teammates.BlockTeammateAsync(new() { Id = ada.Id });

        Assert.Equal(first, second);
        Assert.Equal(first, third);
        var entry = (await tenant.LogAsync(ada.Id))[0];
        Assert.Equal((LogEntry.Types.Outcome.Unchanged, 2), (entry.Outcome, entry.Count));
    }

    [Theory, Everywhere]
    public async Task a_blocked_teammate_stays_readable_and_findable_and_comes_back_whole(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ada = await tenant.NewTeammateAsync();
        await tenant.ScimAsync("PATCH", $"/Users/{ada.Id}", """{"Operations":[{"op":"replace","value":{"active":false}}]}""");

        var found = await tenant.ScimAsync("GET", "/Users?filter=userName%20eq%20%22ADA@corp.example%22");
        Assert.Equal("1", found["totalResults"]);
        Assert.Equal("false", found.Json["Resources"]![0]!["active"]!.ToJsonString());

        var unblocked = await tenant.Provider.Teammates.UnblockTeammateAsync(new() { Id = ada.Id });
        Assert.Equal(State.Active, unblocked.State);
        Assert.Null(unblocked.BlockTime);
        Assert.Equal(ada.Profile, unblocked.Profile);
    }

    [Theory, Everywhere]
    public async Task without_the_scim_feature_a_provider_reads_and_blocks_and_nothing_else(Setup setup)
    {
        var tenant = await setup.TenantAsync(scim: false);
        var ada = await tenant.NewTeammateAsync();

        var refused = await tenant.ScimAsync("POST", "/Users", """{"userName":"new@corp.example"}""");
        Assert.Equal(403, (int)refused.Status);
        Assert.Contains("account manager", refused["detail"], StringComparison.Ordinal);
        Assert.Equal(200, (int)(await tenant.ScimAsync("GET", $"/Users/{ada.Id}")).Status);
        Assert.Equal(200, (int)(await tenant.ScimAsync(
            "PATCH", $"/Users/{ada.Id}", """{"Operations":[{"op":"replace","value":{"active":false}}]}""")).Status);
        await Expect.RefusedAsync(
            ErrorReason.FeatureNotEnabled, async () => await tenant.Provider.Teammates.UnblockTeammateAsync(new() { Id = ada.Id }));
        Assert.Equal(State.Blocked, (await tenant.Operated.Teammates.GetTeammateAsync(new() { Id = ada.Id })).State);
    }

    [Theory, Everywhere]
    public async Task without_the_scim_feature_an_update_that_blocks_only_blocks_and_says_so(Setup setup)
    {
        var tenant = await setup.TenantAsync(scim: false);
        var ada = await tenant.NewTeammateAsync();

        var answer = await tenant.ScimAsync(
            "PUT", $"/Users/{ada.Id}", """{"userName":"ada@corp.example","title":"Countess","active":false}""");

        Assert.Equal(200, (int)answer.Status);
        Assert.Equal("false", answer.Json["active"]!.ToJsonString());
        Assert.Null(answer["title"]);
        Assert.Equal(Warning.Types.Code.OnlyBlocked, Assert.Single((await tenant.LogAsync(ada.Id))[0].Warnings).Code);
    }

    [Theory, Everywhere]
    public async Task a_person_cannot_take_the_last_active_admin_and_a_provider_can(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var admin = await tenant.NewTeammateAsync("admin@corp.example", admin: true);

        await Expect.RefusedAsync(
            ErrorReason.LastCompanyAdmin, async () => await tenant.Person.Teammates.BlockTeammateAsync(new() { Id = admin.Id }));
        await Expect.RefusedAsync(
            ErrorReason.LastCompanyAdmin, async () => await tenant.Person.Teammates.DeleteTeammateAsync(new() { Id = admin.Id }));
        await Expect.RefusedAsync(ErrorReason.LastCompanyAdmin, async () => await tenant.Operated.Teammates.UpdateTeammateAsync(new()
        {
            Teammate = new() { Id = admin.Id },
            UpdateMask = new() { Paths = { "company_admin" } },
        }));
        var blocked = await tenant.Provider.Teammates.BlockTeammateAsync(new() { Id = admin.Id });

        Assert.Equal(State.Blocked, blocked.State);
        Assert.Equal(Warning.Types.Code.LastCompanyAdminGone, Assert.Single(blocked.Warnings).Code);
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task two_people_who_block_the_last_two_admins_at_once_do_not_both_succeed(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        for (var round = 0; round < 5; round++)
        {
            var admins = new[] { await tenant.NewTeammateAsync($"a{round}@x", admin: true),
                await tenant.NewTeammateAsync($"b{round}@x", admin: true) };

            var outcomes = await Task.WhenAll(admins.Select(async admin =>
            {
                try
                {
                    await tenant.Person.Teammates.BlockTeammateAsync(new() { Id = admin.Id });
                    return true;
                }
                catch (Provisioning.Client.ProvisioningException refusal) when (refusal.Reason == ErrorReason.LastCompanyAdmin)
                {
                    return false;
                }
            }));

            Assert.Contains(false, outcomes);
            foreach (var admin in admins)
            {
                await tenant.Provider.Teammates.DeleteTeammateAsync(new() { Id = admin.Id });
            }
        }
    }

    [Theory, Everywhere]
    public async Task only_operators_appoint_company_admins(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ada = await tenant.NewTeammateAsync();
        var appoint = new UpdateTeammateRequest
        {
            Teammate = new() { Id = ada.Id, CompanyAdmin = true },
            UpdateMask =
            new() { Paths = { "company_admin" } }
        };

        await Expect.RefusedAsync(ErrorReason.FieldNotWritable, async () => await tenant.Provider.Teammates.UpdateTeammateAsync(appoint));
        await Expect.RefusedAsync(ErrorReason.FieldNotWritable, async () => await tenant.Person.Teammates.UpdateTeammateAsync(appoint));
        Assert.True((await tenant.Operated.Teammates.UpdateTeammateAsync(appoint)).CompanyAdmin);
    }
}
