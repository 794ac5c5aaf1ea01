using EndToEnd.Harness;
using Microsoft.Playwright;
using Provisioning.V1;

namespace EndToEnd.Pages;

/// <summary>"What happened to Ada?"</summary>
[Collection(nameof(PagesCollection))]
public sealed class LogPageTests
{
    [Theory, SettingsPage(Both = true)]
    public async Task entries_appear_as_they_are_written_and_open_to_what_they_did(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await using var visitor = await Visitor.SignInAsync(tenant);
        await visitor.TurnToAsync("Provisioning log");
        await visitor.SeesAsync("grace@acme.example signed in");

        var ada = await tenant.Provider.Teammates.CreateTeammateAsync(
            new() { Teammate = new() { Profile = new() { UserName = "ada@x", DisplayName = "Ada Byron", Title = "Countess" } } });
        await visitor.SeesAsync("okta created Ada Byron");
        await tenant.Provider.Teammates.BlockTeammateAsync(new() { Id = ada.Id });
        await visitor.SeesAsync("okta blocked Ada Byron");

        await visitor.Page.Locator("summary", new() { HasText = "okta created Ada Byron" }).ClickAsync();
        await visitor.SeesAsync("Countess");
        await visitor.SeesAsync(visitor.Page.Locator("details[open] code", new() { HasText = "CreateTeammate" }));
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Region, new() { Name = "How okta does" }))
            .ToContainTextAsync("0 of 2 requests");
        visitor.CheckClean();
    }

    [Theory, SettingsPage]
    public async Task more_of_the_last_day_is_shown_though_the_clock_goes_on(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await tenant.NewTeammatesAsync(60);
        await using var visitor = await Visitor.SignInAsync(tenant);
        await visitor.GoAsync("log?time=day");
        await Assertions.Expect(visitor.Page.Locator(".entry")).ToHaveCountAsync(50);

        await visitor.Button("Show more").ClickAsync();

        await Assertions.Expect(visitor.Page.Locator(".entry").Nth(60)).ToBeVisibleAsync();
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        Assert.InRange(await visitor.Page.Locator(".entry").CountAsync(), 61, 100);
    }

    [Theory, SettingsPage]
    public async Task filters_stand_in_the_address_for_a_colleague(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ada = await tenant.NewTeammateAsync("ada@x");
        await tenant.NewTeammateAsync("adam@x");
        await Expect.RefusedAsync(ErrorReason.UserNameTaken,
            async () => await tenant.Provider.Teammates.CreateTeammateAsync(
                new() { Teammate = new() { Profile = new() { UserName = "ADA@x" } } }));
        await using var visitor = await Visitor.SignInAsync(tenant);
        await visitor.GoAsync("log");

        await visitor.Field("Outcome").SelectOptionAsync("Refused");
        await Assertions.Expect(visitor.Page.Locator(".entry")).ToHaveCountAsync(1);
        await visitor.SeesAsync("okta could not create a teammate: A teammate with userName ADA@x already exists");
        await using var colleague = await Visitor.SignInAsync(tenant, "colleague@acme.example");
        await colleague.Page.GotoAsync(visitor.Page.Url);
        await Assertions.Expect(colleague.Page.Locator(".entry")).ToHaveCountAsync(1);

        await visitor.Field("Outcome").SelectOptionAsync("Any");
        await visitor.Field("Teammate").FillAsync("ada@");
        await visitor.Page.Locator("search").GetByRole(AriaRole.Button, new() { Name = "ada@x" }).ClickAsync();
        await Assertions.Expect(visitor.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex($"teammate={ada.Id}"));
        await Assertions.Expect(visitor.Page.Locator(".entry")).ToHaveCountAsync(2);
        await visitor.SeesAsync("tests created ada@x");
        await visitor.Field("Time").SelectOptionAsync("From … to …");
        await visitor.Field("To").FillAsync("2020-01-01T00:00");
        await visitor.SeesAsync("Nothing matches");
        await visitor.Button("Clear the filters").ClickAsync();
        await visitor.SeesAsync("tests created adam@x");
    }
}
