using System.Text.Json.Nodes;
using EndToEnd.Harness;
using Microsoft.Playwright;
using Provisioning.V1;

namespace EndToEnd.Pages;

/// <summary>The checklist that watches a provider being connected.</summary>
[Collection(nameof(PagesCollection))]
public sealed class ConnectPageTests
{
    [Theory, SettingsPage(Both = true)]
    public async Task each_step_turns_green_as_oktas_real_requests_arrive(Setup setup)
    {
        var tenant = await NewTenantAsync(setup);
        await using var visitor = await Visitor.SignInAsync(tenant);
        await visitor.TurnToAsync("Connect a provider");
        await visitor.Link("Okta").ClickAsync();
        await StepIsAsync(visitor, "Create an API token", "To do");

        await visitor.Button("Create the token").ClickAsync();
        await StepIsAsync(visitor, "Create an API token", "Done");
        var shown = await visitor.Field("API Token").InputValueAsync();
        Assert.Matches("^Bearer tp_[0-9a-z]{59}$", shown);
        await StepIsAsync(visitor, "Receive the first call", "To do");

        await OktaAsync(tenant, "01-connection-test.json", shown);
        await StepIsAsync(visitor, "Receive the first call", "Done");
        await StepIsAsync(visitor, "See the first teammate arrive", "To do");

        await OktaAsync(tenant, "02-create.json", shown);
        await StepIsAsync(visitor, "See the first teammate arrive", "Done");
        await StepIsAsync(visitor, "Give new teammates their template", "To do");

        await tenant.NewTemplateAsync("Support agent");
        var answer = await tenant.ScimAsync(
            "POST", "/Users",
                """
                {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"new@corp.example","externalId":"00u7",
                 "roles":[{"value":"support AGENT","primary":true}],"active":true}
                """, shown);
        await StepIsAsync(visitor, "Give new teammates their template", "Done");
        await visitor.SeesAsync("got the template “Support agent”");

        await tenant.ScimAsync("POST", "/Groups",
            $$"""
            {"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Support","members":[{"value":"{{answer["id"]}}"}]}
            """, shown);
        await StepIsAsync(visitor, "Push groups (optional)", "Done");
        await StepIsAsync(visitor, "Sign-in with SAML", "Not needed for provisioning");
        visitor.CheckClean();
    }

    [Theory, SettingsPage]
    public async Task a_role_without_a_template_offers_to_add_it(Setup setup)
    {
        var tenant = await NewTenantAsync(setup);
        await using var visitor = await Visitor.SignInAsync(tenant);
        await visitor.GoAsync("connect/okta");
        await visitor.Button("Create the token").ClickAsync();
        var token = await visitor.Field("API Token").InputValueAsync();

        await tenant.ScimAsync("POST", "/Users",
            """{"userName":"sally@corp.example","displayName":"Sally Ride","externalId":"00u1","roles":["Astronaut"]}""", token);
        await visitor.SeesAsync("Sally Ride arrived with the role Astronaut, and no template has that name.");
        await visitor.Link("Add the template “Astronaut”").ClickAsync();

        await Assertions.Expect(visitor.Field("Name")).ToHaveValueAsync("Astronaut");
        await visitor.Button("Save").ClickAsync();
        await visitor.SeesAsync(visitor.Row("Astronaut"));
    }

    [Theory, SettingsPage(Both = true)]
    public async Task a_refused_call_says_what_is_wrong_and_what_to_press(Setup setup)
    {
        var tenant = await NewTenantAsync(setup);
        await using var visitor = await Visitor.SignInAsync(tenant);
        await visitor.GoAsync("connect/okta");
        await visitor.Button("Create the token").ClickAsync();
        var good = await visitor.Field("API Token").InputValueAsync();
        var old = await tenant.Operated.ApiTokens.CreateApiTokenAsync(
            new() { ApiToken = new() { Name = "Okta", Scopes = { Scope.AutoProvisioning } } });
        await tenant.Operated.ApiTokens.RevokeApiTokenAsync(new() { Id = old.Id });
        var reader = await tenant.NewTokenAsync("script", Scope.TemplatesRead);

        Assert.Equal(401, (int)(await tenant.ScimAsync("GET", "/Users?startIndex=1&count=1", authorization: "Bearer " + old.Value)).Status);
        await StepIsAsync(visitor, "Receive the first call", "Needs your attention");
        await visitor.SeesAsync("The API token was revoked.");
        await visitor.SeesAsync("press “Test API Credentials”");

        Assert.Equal(
            403, (int)(await tenant.ScimAsync("GET", "/Users?startIndex=1&count=1", authorization: "Bearer " + reader.Value)).Status);
        await visitor.SeesAsync("lacks the scope");
        await visitor.SeesAsync("That token is for something else.");

        await tenant.ScimAsync("GET", "/Users?startIndex=1&count=1", authorization: good);
        await StepIsAsync(visitor, "Receive the first call", "Done");
    }

    [Theory, SettingsPage]
    public async Task two_minutes_of_silence_name_the_likely_causes_another_token_first(Setup setup)
    {
        var tenant = await NewTenantAsync(setup);
        await using var visitor = await Visitor.SignInAsync(tenant);
        await visitor.Page.Clock.InstallAsync();
        await visitor.GoAsync("connect/entra");
        await visitor.Button("Create the token").ClickAsync();
        await visitor.SeesAsync("Waiting for the test call of Microsoft Entra ID…");
        await visitor.SeesNoAsync("Nothing from Microsoft Entra ID for two minutes");

        await visitor.Page.Clock.FastForwardAsync("02:05");

        await visitor.SeesAsync("Nothing from Microsoft Entra ID for two minutes");
        await Assertions.Expect(visitor.Page.Locator(".note-warn li").First).ToContainTextAsync("The token is another one.");
    }

    [Theory, SettingsPage]
    public async Task the_url_and_the_exact_profile_editor_values_are_there_to_copy(Setup setup)
    {
        var tenant = await NewTenantAsync(setup);
        await using var visitor = await Visitor.SignInAsync(tenant);
        await visitor.GoAsync("connect/okta");
        await visitor.Button("Create the token").ClickAsync();

        await visitor.Button("Copy: External name").ClickAsync();

        Assert.Equal("roles.^[primary==true].value", await visitor.Page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        Assert.Equal(new Uri(tenant.Service.Http, "/v2").ToString(), await visitor.Field("Base URL").InputValueAsync());
        Assert.Equal("urn:ietf:params:scim:schemas:core:2.0:User", await visitor.Field("External namespace").InputValueAsync());
    }

    /// <summary>A company without any token of a provider.</summary>
    private static async Task<Tenant> NewTenantAsync(Setup setup)
    {
        var service = await Shared.ServiceAsync(setup);
        using var all = service.Operator();
        var company = await all.Companies.CreateCompanyAsync(
            new()
            {
                Company = new()
                {
                    Slug = $"p-{Guid.NewGuid():n}"[..20],
                    DisplayName = "Acme",
                    Features =
                new() { Scim = true, Templates = true }
                }
            });
        return new(service, company, service.Operator(company.Slug));
    }

    private static Task StepIsAsync(Visitor visitor, string title, string state) =>
        Assertions.Expect(visitor.Page.Locator(".step", new() { HasText = title }).First.Locator("h2")).ToContainTextAsync(state);

    /// <summary>Sends what Okta sends, from its transcript.</summary>
    private static async Task OktaAsync(Tenant tenant, string transcript, string authorization)
    {
        var story = (JsonObject)JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(RunningProgram.Root, "tests", "Transcripts", "okta", transcript)))!;
        foreach (var step in ((JsonArray)story["steps"]!).OfType<JsonObject>()
            .Where(step => !step["path"]!.GetValue<string>().Contains('{', StringComparison.Ordinal) && step["headers"] is null))
        {
            await tenant.ScimAsync(
                step["method"]!.GetValue<string>(), step["path"]!.GetValue<string>(), step["body"]?.ToJsonString(), authorization);
        }
    }
}
