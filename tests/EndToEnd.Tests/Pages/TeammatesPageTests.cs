using EndToEnd.Harness;
using Microsoft.Playwright;
using Provisioning.V1;

namespace EndToEnd.Pages;

/// <summary>Teammates, templates and groups on the settings pages.</summary>
[Collection(nameof(PagesCollection))]
public sealed class TeammatesPageTests
{
    [Theory, SettingsPage(Both = true)]
    public async Task search_finds_as_you_type_and_filters_stand_in_the_address(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await tenant.NewTeammatesAsync(60, "t");
        var ada = await tenant.Provider.Teammates.CreateTeammateAsync(
            new() { Teammate = new() { ExternalId = "00u1", Profile = new() { UserName = "ada@x", DisplayName = "Ada Byron" } } });
        await tenant.Provider.Teammates.BlockTeammateAsync(new() { Id = ada.Id });
        await using var visitor = await Visitor.SignInAsync(tenant);
        await visitor.TurnToAsync("Teammates");
        await Assertions.Expect(visitor.Page.Locator("tbody tr")).ToHaveCountAsync(50);
        await visitor.Button("Show more").ClickAsync();
        await Assertions.Expect(visitor.Page.Locator("tbody tr")).ToHaveCountAsync(62);

        await visitor.Field("Search").PressSequentiallyAsync("byr");
        await Assertions.Expect(visitor.Page.Locator("tbody tr")).ToHaveCountAsync(1);
        await visitor.Field("Search").FillAsync("");
        await visitor.Field("State").SelectOptionAsync("Blocked");
        await visitor.Field("Managed by").SelectOptionAsync("okta");
        await Assertions.Expect(visitor.Page.Locator("tbody tr")).ToHaveCountAsync(1);
        var url = visitor.Page.Url;
        Assert.Contains("state=blocked", url, StringComparison.Ordinal);

        await visitor.GoAsync("connect");
        await visitor.Page.GotoAsync(url);
        await Assertions.Expect(visitor.Page.Locator("tbody tr")).ToHaveCountAsync(1);
        await visitor.SeesAsync("Ada Byron");
        await visitor.Field("Search").FillAsync("nobody");
        await visitor.SeesAsync("Nobody matches");
        visitor.CheckClean();
    }

    [Theory, SettingsPage]
    public async Task a_teammate_is_blocked_and_unblocked_with_consequences_spelt_out(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ada = await tenant.Provider.Teammates.CreateTeammateAsync(
            new() { Teammate = new() { ExternalId = "00u1", Profile = new() { UserName = "ada@x", DisplayName = "Ada Byron" } } });
        await tenant.Operated.Teammates.UpdateTeammateAsync(
            new() { Teammate = new() { Id = ada.Id, CompanyAdmin = true }, UpdateMask = new() { Paths = { "company_admin" } } });
        await using var hers = await Visitor.SignInAsync(tenant, "ada@x");
        await using var visitor = await Visitor.SignInAsync(tenant);
        await visitor.GoAsync($"teammates/{ada.Id}");

        await visitor.Button("Block").ClickAsync();
        await visitor.SeesAsync(visitor.Dialog.GetByText("1 session in these settings ends."));
        await visitor.SeesAsync(visitor.Dialog.GetByText("okta manages them and may unblock them again"));
        await visitor.Dialog.GetByRole(AriaRole.Button, new() { Name = "Block", Exact = true }).ClickAsync();

        await visitor.SeesAsync("Blocked since");
        await visitor.SeesAsync("grace@acme.example blocked Ada Byron; 1 session ended");
        await hers.SeesAsync(hers.Page.GetByRole(AriaRole.Heading, new() { Name = "Your session has ended" }));
        await visitor.Button("Unblock").ClickAsync();
        await visitor.Dialog.GetByRole(AriaRole.Button, new() { Name = "Unblock", Exact = true }).ClickAsync();
        await visitor.SeesAsync(visitor.Button("Block"));
        Assert.Equal(Teammate.Types.State.Active, (await tenant.Operated.Teammates.GetTeammateAsync(new() { Id = ada.Id })).State);
    }

    [Theory, SettingsPage]
    public async Task the_last_admin_cannot_block_themselves_and_is_told_why(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await using var visitor = await Visitor.SignInAsync(tenant);
        await visitor.TurnToAsync("Teammates");
        await visitor.Link("grace@acme.example").ClickAsync();

        await visitor.Button("Block").ClickAsync();
        await visitor.Dialog.GetByRole(AriaRole.Button, new() { Name = "Block", Exact = true }).ClickAsync();

        await visitor.SeesAsync(visitor.Dialog.GetByText("last active"));
    }

    [Theory, SettingsPage]
    public async Task a_template_is_assigned_after_a_preview_of_what_changes(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await tenant.NewTemplateAsync(
            "Agent", new() { Locale = "en-GB", SharedInboxes = { new ProductReference { Id = "support", DisplayName = "Support" } } });
        await tenant.NewTemplateAsync(
            "Lead", new() { Locale = "de-DE", SharedInboxes = { new ProductReference { Id = "support", DisplayName = "Support" } } });
        var ada = await tenant.NewTeammateAsync("ada@x", roles: """["agent"]""");
        await using var visitor = await Visitor.SignInAsync(tenant);
        await visitor.GoAsync($"teammates/{ada.Id}");
        await visitor.SeesAsync("Because of the role “agent”");

        await visitor.Button("Assign a template").ClickAsync();
        await visitor.Dialog.GetByLabel("Template").SelectOptionAsync("Lead");
        var preview = visitor.Dialog.Locator(".diff");
        await Assertions.Expect(preview).ToContainTextAsync("en-GB");
        await Assertions.Expect(preview).ToContainTextAsync("de-DE");
        await Assertions.Expect(preview).Not.ToContainTextAsync("Support");
        Assert.Equal("Agent", (await tenant.Operated.Teammates.GetTeammateAsync(new() { Id = ada.Id })).TemplateAssignment.TemplateName);
        await visitor.Dialog.GetByRole(AriaRole.Button, new() { Name = "Assign a template" }).ClickAsync();

        await visitor.SeesAsync("Assigned by hand");
        Assert.Equal("de-DE", (await tenant.Operated.Teammates.GetTeammateAsync(new() { Id = ada.Id })).EffectiveLocale);
    }

    [Theory, SettingsPage(Both = true)]
    public async Task a_template_is_added_by_its_name_filled_later_and_shows_what_versions_changed(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await using var visitor = await Visitor.SignInAsync(tenant);
        await visitor.TurnToAsync("Teammate templates");
        await visitor.SeesAsync("No template yet");

        await visitor.Link("Add a template").ClickAsync();
        await visitor.Button("Save").ClickAsync();
        await visitor.SeesAsync("A name is needed");
        await visitor.Field("Name").FillAsync("Support agent");
        await visitor.Button("Save").ClickAsync();
        await visitor.Link("Support agent").ClickAsync();
        await visitor.Field("Shared inboxes").FillAsync("Support, Sales");
        await visitor.Field("Language").FillAsync("en-GB");
        await visitor.Button("Save").ClickAsync();
        await visitor.SeesAsync("Version 2");

        await Assertions.Expect(visitor.Page.Locator(".entry .diff").First).ToContainTextAsync("Support, Sales");
        var saved = (await tenant.Operated.Templates.ListTeammateTemplatesAsync(new())).TeammateTemplates.Single();
        Assert.Equal(["Support", "Sales"], saved.Contents.SharedInboxes.Select(each => each.DisplayName));
        await visitor.Field("Language").FillAsync("fr-FR");
        await visitor.Page.Locator("nav").GetByRole(AriaRole.Link, new() { Name = "Teammates" }).ClickAsync();
        await visitor.SeesAsync(visitor.Page.GetByText("Leave without saving?"));
        await visitor.Button("Stay").ClickAsync();
        await Assertions.Expect(visitor.Field("Language")).ToHaveValueAsync("fr-FR");
        visitor.CheckClean();
    }

    [Theory, SettingsPage]
    public async Task two_who_edit_one_template_lose_nothing_of_each_other(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var template = await tenant.NewTemplateAsync("Agent", new() { Locale = "en-GB" });
        await using var visitor = await Visitor.SignInAsync(tenant);
        await visitor.GoAsync($"templates/{template.Id}");
        await visitor.Field("Time zone").FillAsync("Europe/Paris");

        await tenant.Operated.Templates.UpdateTeammateTemplateAsync(
            new() { TeammateTemplate = new() { Id = template.Id, Name = "Agent (new)" }, UpdateMask = new() { Paths = { "name" } } });
        await visitor.Button("Save").ClickAsync();

        await visitor.SeesAsync("Somebody else was faster");
        await Assertions.Expect(visitor.Field("Time zone")).ToHaveValueAsync("Europe/Paris");
        Assert.Equal(("Agent (new)", ""),
            (await tenant.Operated.Templates.GetTeammateTemplateAsync(new() { Id = template.Id })) is var now
                ? (now.Name, now.Contents.TimeZone) : default);
    }

    [Theory, SettingsPage]
    public async Task a_providers_group_says_who_manages_it_and_pages_its_members(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var group = await tenant.NewGroupAsync("Everybody", await tenant.NewTeammatesAsync(130));
        await using var visitor = await Visitor.SignInAsync(tenant);
        await visitor.TurnToAsync("Teammate groups");
        await visitor.Link("Everybody").ClickAsync();

        await visitor.SeesAsync("Managed by okta.");
        await visitor.SeesAsync("130 members");
        await Assertions.Expect(visitor.Page.Locator("tbody tr")).ToHaveCountAsync(100);
        await visitor.Button("Show more").ClickAsync();
        await Assertions.Expect(visitor.Page.Locator("tbody tr")).ToHaveCountAsync(130);
        Assert.Equal(0, await visitor.Button("Rename").CountAsync());
        Assert.Equal(130, (await tenant.MembersAsync(group)).Count);
    }

    [Theory, SettingsPage]
    public async Task a_group_by_hand_is_made_filled_and_emptied(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await tenant.NewTeammateAsync("ada@x");
        await using var visitor = await Visitor.SignInAsync(tenant);
        await visitor.TurnToAsync("Teammate groups");

        await visitor.Button("Add a group").ClickAsync();
        await visitor.Dialog.GetByLabel("Name").FillAsync("Night shift");
        await visitor.Dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await visitor.SeesAsync("Nobody is in this group");
        await visitor.Button("Add a member").ClickAsync();
        await visitor.Dialog.GetByLabel("Search").FillAsync("ada");
        await visitor.Button("Add ada@x").ClickAsync();
        await visitor.SeesAsync(visitor.Dialog.GetByText("Added"));
        await visitor.Dialog.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        await visitor.SeesAsync("1 member");

        await visitor.Button("Remove ada@x").ClickAsync();
        await visitor.SeesAsync("Nobody is in this group");
    }
}
