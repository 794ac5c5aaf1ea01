using EndToEnd.Harness;
using Microsoft.Playwright;

namespace EndToEnd.Pages;

/// <summary>Coming in, being thrown out, and the service going away in between.</summary>
[Collection(nameof(PagesCollection))]
public sealed class SessionPageTests
{
    [Theory, SettingsPage(Both = true)]
    public async Task a_link_signs_in_once_and_leaves_no_secret_in_the_address(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await using var visitor = await Visitor.SignInAsync(tenant);
        await Assertions.Expect(visitor.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/connect$"));
        Assert.DoesNotContain("#", visitor.Page.Url, StringComparison.Ordinal);
        var secret = await Browser.LinkAsync(tenant, "grace@acme.example");
        await using var first = await Visitor.SignInAsync(tenant, "other@acme.example");
        await first.FollowAsync(secret);
        await first.SeesAsync(first.Page.Locator("nav"));

        await visitor.FollowAsync(secret);

        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "This sign-in link does not work any more" }));
        visitor.CheckClean();
    }

    [Theory, SettingsPage]
    public async Task whoever_is_not_signed_in_is_told_how_to(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var page = await Chromium.OpenAsync();

        await page.GotoAsync($"{tenant.Service.Http}teammates");

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("sign-in-link acme")).ToBeVisibleAsync();
        Assert.Equal(0, await page.Locator("nav").CountAsync());
        await page.Context.DisposeAsync();
    }

    [Theory, SettingsPage(Both = true)]
    public async Task an_admin_blocked_in_another_process_is_thrown_out_and_sees_nothing_more(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await tenant.NewTeammateAsync("boss@acme.example", admin: true);
        await using var other = await Service.StartAsync(setup is Setup.SqliteOneProcess, tenant.Service.Settings, tenant.Service.Postgres);
        using var elsewhere = other.Operator(tenant.Company.Slug);
        await using var visitor = await Visitor.SignInAsync(tenant);
        await visitor.TurnToAsync("Teammates");
        await visitor.SeesAsync("boss@acme.example");
        var id = (await elsewhere.Teammates.ListTeammatesAsync(new() { Filter = "userName eq \"grace@acme.example\"" })).Teammates[0].Id;

        await elsewhere.Teammates.BlockTeammateAsync(new() { Id = id });

        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Your session has ended" }));
        await Assertions.Expect(visitor.Page.GetByText("boss@acme.example").First).ToBeHiddenAsync();
    }

    [Theory, SettingsPage]
    public async Task who_signs_in_again_finds_what_was_typed(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await using var visitor = await Visitor.SignInAsync(tenant);
        await visitor.GoAsync("templates/new");
        await visitor.Field("Name").FillAsync("Night shift");
        var mine = (await tenant.Operated.Sessions.ListSessionsAsync(new())).Sessions.Single();
        await tenant.Operated.Sessions.DeleteSessionAsync(new() { Id = mine.Id });
        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Your session has ended" }));

        var tab = await visitor.Page.Context.NewPageAsync();
        await tab.GotoAsync($"{visitor.Address}sign-in#{await Browser.LinkAsync(tenant, "grace@acme.example")}");
        await Assertions.Expect(tab.Locator("nav")).ToBeVisibleAsync();
        await visitor.Button("I have signed in again").ClickAsync();

        await Assertions.Expect(visitor.Field("Name")).ToHaveValueAsync("Night shift");
        await visitor.Button("Save").ClickAsync();
        await visitor.SeesAsync(visitor.Row("Night shift"));
    }

    [Theory, SettingsPage]
    public async Task two_companies_side_by_side_never_see_each_other(Setup setup)
    {
        var (mine, theirs) = (await setup.TenantAsync(), await setup.TenantAsync());
        var secret = await theirs.NewTeammateAsync("theirs@x");
        var (template, group) = (await theirs.NewTemplateAsync("Their template"), await theirs.NewGroupAsync("Their group"));
        await mine.NewTeammateAsync("mine@x");
        await using var me = await Visitor.SignInAsync(mine);
        await using var they = await Visitor.SignInAsync(theirs);

        await me.TurnToAsync("Teammates");
        await me.SeesAsync("mine@x");
        await me.SeesNoAsync("theirs@x");
        await they.TurnToAsync("Teammates");
        await they.SeesAsync("theirs@x");
        await they.SeesNoAsync("mine@x");
        foreach (var (path, title) in ((string, string)[])[
            ($"teammates/{secret.Id}", "This teammate is not here any more"),
                ($"templates/{template.Id}", "This template is not here any more"), ($"groups/{group}", "This group is not here any more")])
        {
            await me.GoAsync(path);
            await me.SeesAsync(title);
        }

        await theirs.NewTeammateAsync("later@x");
        await me.TurnToAsync("Provisioning log");
        await me.SeesNoAsync("later@x");
        await me.SeesNoAsync("theirs@x");
    }

    [Theory, SettingsPage]
    public async Task a_tab_is_loaded_anew_once_another_signed_into_another_company(Setup setup)
    {
        var (mine, theirs) = (await setup.TenantAsync(), await setup.TenantAsync());
        await mine.NewTeammateAsync("mine@x");
        await theirs.NewTeammateAsync("theirs@x");
        await using var visitor = await Visitor.SignInAsync(mine);
        await visitor.TurnToAsync("Teammates");
        await visitor.SeesAsync("mine@x");
        var tab = await visitor.Page.Context.NewPageAsync();
        await tab.GotoAsync($"{visitor.Address}sign-in#{await Browser.LinkAsync(theirs, "grace@acme.example")}");
        await Assertions.Expect(tab.Locator(".page h1")).ToBeVisibleAsync();

        await visitor.Page.EvaluateAsync("""
            for (const hidden of [true, false]) {
                Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
                document.dispatchEvent(new Event("visibilitychange"));
            }
            """);

        await visitor.SeesAsync("theirs@x");
        await visitor.SeesNoAsync("mine@x");
    }

    [Theory, SettingsPage]
    public async Task without_the_service_each_page_says_so_keeps_what_was_typed_and_recovers(Setup setup)
    {
        await using var service = await Service.StartAsync(setup);
        var tenant = await service.NewTenantAsync();
        await using var visitor = await Visitor.SignInAsync(tenant);
        await visitor.GoAsync("templates/new");
        await visitor.Field("Name").FillAsync("Typed before");
        await service.Core.DisposeAsync();

        await visitor.SeesAsync(visitor.Page.GetByText("The service cannot be reached. Trying again…"));
        await visitor.Button("Save").ClickAsync();
        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Alert).GetByText("Nothing you typed is lost."));
        await Assertions.Expect(visitor.Field("Name")).ToHaveValueAsync("Typed before");

        await using var again = await RunningProgram.StartAsync("Standalone",
            [.. service.Settings, $"--Listen:Http={visitor.Address.GetLeftPart(UriPartial.Authority)}",
                "--Listen:Grpc=http://127.0.0.1:0"]);
        await Assertions.Expect(visitor.Page.GetByText("The service cannot be reached. Trying again…")).ToHaveCountAsync(0);
        await visitor.Button("Save").ClickAsync();
        await visitor.SeesAsync(visitor.Row("Typed before"));

        await again.DisposeAsync();
        foreach (var place in (string[])["Plugins & API", "Teammates", "Teammate groups", "Provisioning log"])
        {
            await visitor.TurnToAsync(place);
            await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Alert).GetByText("The service cannot be reached").First);
            await visitor.SeesAsync(visitor.Button("Try again").First);
        }
    }

    [Theory, SettingsPage]
    public async Task sessions_are_listed_and_ended(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await using var grace = await Visitor.SignInAsync(tenant);
        await using var ada = await Visitor.SignInAsync(tenant, "ada@acme.example");

        await grace.GoAsync("sessions");
        await grace.Row("ada@acme.example").GetByRole(AriaRole.Button).ClickAsync();

        await ada.SeesAsync(ada.Page.GetByRole(AriaRole.Heading, new() { Name = "Your session has ended" }));
        await Assertions.Expect(grace.Row("ada@acme.example")).ToHaveCountAsync(0);
        await grace.Page.GetByRole(AriaRole.Button, new() { Name = "Account of grace@acme.example" }).ClickAsync();
        await grace.Page.GetByText("Sign out", new() { Exact = true }).ClickAsync();
        await grace.SeesAsync(grace.Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in", Exact = true }));
        Assert.Empty((await tenant.Operated.Sessions.ListSessionsAsync(new())).Sessions);
    }
}
