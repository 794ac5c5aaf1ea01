using EndToEnd.Harness;
using Microsoft.Playwright;

namespace EndToEnd.Pages;

/// <summary>API tokens on the settings pages.</summary>
[Collection(nameof(PagesCollection))]
public sealed class TokensPageTests
{
    [Theory, SettingsPage]
    public async Task a_token_is_created_and_its_value_shown_again_by_its_name(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await using var visitor = await Visitor.SignInAsync(tenant);
        await visitor.GoAsync("tokens");

        await visitor.Button("Create a token").First.ClickAsync();
        await Assertions.Expect(visitor.Dialog.GetByLabel("Auto provisioning")).ToBeCheckedAsync();
        await visitor.Dialog.GetByLabel("Name").FillAsync("Okta production");
        await visitor.Dialog.GetByRole(AriaRole.Button, new() { Name = "Create a token" }).ClickAsync();
        var value = await visitor.Dialog.GetByLabel("Token", new() { Exact = true }).InputValueAsync();
        await visitor.Dialog.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        await visitor.Button("Okta production").ClickAsync();

        Assert.Equal(value, await visitor.Dialog.GetByLabel("Token", new() { Exact = true }).InputValueAsync());
        Assert.Equal(200, (int)(await tenant.ScimAsync("GET", "/Users", authorization: "Bearer " + value)).Status);
        Assert.Contains(await tenant.LogAsync(), entry => entry.Summary == "grace@acme.example looked at the value of Okta production");
    }

    [Theory, SettingsPage]
    public async Task a_rotated_token_works_beside_the_new_one_and_says_that_it_is_still_used(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await using var visitor = await Visitor.SignInAsync(tenant);
        await visitor.GoAsync("tokens");

        await visitor.Button("Rotate “okta”").ClickAsync();
        await visitor.Dialog.GetByRole(AriaRole.Button, new() { Name = "Rotate" }).ClickAsync();
        var fresh = await visitor.Dialog.GetByLabel("Token", new() { Exact = true }).InputValueAsync();
        await visitor.Dialog.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();

        Assert.Equal(200, (int)(await tenant.ScimAsync("GET", "/Users")).Status);
        Assert.Equal(200, (int)(await tenant.ScimAsync("GET", "/Users", authorization: "Bearer " + fresh)).Status);
        await Expect.SoonAsync(TimeSpan.FromSeconds(30), async () =>
            (await tenant.Operated.ApiTokens.ListApiTokensAsync(new())).ApiTokens.Single(
                each => each.ReplacedBy.Length > 0).LastUseTime is not null);
        await visitor.Page.ReloadAsync();
        await visitor.SeesAsync("Rotated, and still used by okta");
    }

    [Theory, SettingsPage]
    public async Task revoking_says_what_will_stop_and_stops_it(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await using var visitor = await Visitor.SignInAsync(tenant);
        await visitor.GoAsync("tokens");

        await visitor.Button("Revoke “okta”").ClickAsync();
        await visitor.SeesAsync(visitor.Dialog.GetByText("okta has no other token: new teammates no longer arrive"));
        await visitor.Dialog.GetByRole(AriaRole.Button, new() { Name = "Revoke", Exact = true }).ClickAsync();
        await Assertions.Expect(visitor.Dialog).ToHaveCountAsync(0);

        Assert.Equal(401, (int)(await tenant.ScimAsync("GET", "/Users")).Status);
        await Assertions.Expect(visitor.Button("okta")).ToHaveCountAsync(0);
        await visitor.Page.GetByLabel("Show revoked and expired ones").CheckAsync();
        await visitor.SeesAsync(visitor.Row("okta").GetByText("Revoked"));
    }

    [Theory, SettingsPage]
    public async Task a_connection_is_made_strict_and_tolerant_again(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await using var visitor = await Visitor.SignInAsync(tenant);
        await visitor.GoAsync("tokens");

        await visitor.Page.GetByLabel("Strict").CheckAsync();
        await visitor.SeesAsync(visitor.Page.GetByText("okta is strict now"));

        Assert.True((await tenant.Operated.Connections.ListConnectionsAsync(new())).Connections[0].Strict);
        await visitor.Page.GetByLabel("Strict").UncheckAsync();
        await visitor.SeesAsync(visitor.Page.GetByText("okta is tolerant again"));
        Assert.False((await tenant.Operated.Connections.ListConnectionsAsync(new())).Connections[0].Strict);
    }
}
