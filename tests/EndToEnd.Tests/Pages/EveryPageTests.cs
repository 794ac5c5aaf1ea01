using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using EndToEnd.Harness;
using Microsoft.Playwright;
using Provisioning.V1;

namespace EndToEnd.Pages;

/// <summary>What holds on every page: it can be read by everybody, loads fast, and calls nobody else.</summary>
[Collection(nameof(PagesCollection))]
public sealed class EveryPageTests
{
    private const long FirstLoad = 3_500_000, SecondLoad = 100_000;

    [Theory]
    [InlineData(false, 1280)]
    [InlineData(true, 1280)]
    [InlineData(false, 390)]
    [InlineData(true, 390)]
    public async Task every_page_has_no_axe_violation_and_is_written_down_as_a_picture(bool dark, int width)
    {
        var tenant = await Setup.SqliteOneProcess.TenantAsync();
        var places = await FurnishAsync(tenant);
        var folder = Path.Combine(RunningProgram.Root, "artifacts", "screenshots");
        Directory.CreateDirectory(folder);
        await using var visitor = await Visitor.SignInAsync(tenant, dark: dark, width: width);
        var violations = new List<string>();
        async Task LookAsync(string name)
        {
            await visitor.Page.WaitForLoadStateAsync(LoadState.DOMContentLoaded);
            await Assertions.Expect(visitor.Page.Locator(".skeletons")).ToHaveCountAsync(0);
            await visitor.Page.WaitForTimeoutAsync(400);
            await visitor.Page.ScreenshotAsync(
                new() { Path = Path.Combine(folder, $"{name}-{width}-{(dark ? "dark" : "light")}.png"), FullPage = true });
            var result = await visitor.Page.RunAxe();
            violations.AddRange(result.Violations.Select(
                each => $"{name}: {each.Id} ({each.Help}) at {string.Join("; ", each.Nodes.Select(Describe))}"));
        }

        foreach (var (name, path) in places)
        {
            await visitor.MoveAsync(path);
            await LookAsync(name);
        }

        await visitor.MoveAsync("log");
        await visitor.Page.Locator("summary").Nth(2).ClickAsync();
        await LookAsync("log-open");
        await visitor.MoveAsync("tokens");
        await visitor.Button("Create a token").First.ClickAsync();
        await LookAsync("token-create");
        await visitor.MoveAsync(places.Single(place => place.Name == "teammate").Path);
        await visitor.Button("Assign a template").ClickAsync();
        await visitor.Dialog.GetByLabel("Template").SelectOptionAsync("Team lead");
        await visitor.SeesAsync(visitor.Dialog.Locator(".diff"));
        await LookAsync("teammate-assign");
        await visitor.Button("Cancel").ClickAsync();
        await visitor.Button("Block").ClickAsync();
        await LookAsync("teammate-block");
        var mine = (await tenant.Operated.Sessions.ListSessionsAsync(new())).Sessions.First();
        await tenant.Operated.Sessions.DeleteSessionAsync(new() { Id = mine.Id });
        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Your session has ended" }));
        await Assertions.Expect(visitor.Dialog).ToHaveCountAsync(0);
        await LookAsync("signed-out");
        visitor.CheckClean();
        Assert.True(violations.Count == 0, string.Join('\n', violations));
    }

    [Fact]
    public async Task an_empty_company_is_told_what_to_do_on_every_page()
    {
        var service = await Shared.ServiceAsync(Setup.SqliteOneProcess);
        using var all = service.Operator();
        var company = await all.Companies.CreateCompanyAsync(
            new() { Company = new() { Slug = $"e-{Guid.NewGuid():n}"[..20], DisplayName = "Empty", Features = new() } });
        var tenant = new Tenant(service, company, service.Operator(company.Slug));
        await using var visitor = await Visitor.SignInAsync(tenant);

        await visitor.SeesAsync("Your plan does not include auto provisioning");
        foreach (var (path, text) in ((string, string)[])[
            ("tokens", "No token works here yet"), ("templates", "Your plan does not include templates"), ("templates", "No template yet"),
                ("groups", "No group yet"), ("log?outcome=refused", "Nothing matches"), ("teammates?state=blocked", "Nobody matches"),
                    ("nowhere", "There is no such page")])
        {
            await visitor.MoveAsync(path);
            await visitor.SeesAsync(text);
        }
    }

    [Fact]
    public async Task pages_are_guarded_by_a_strict_policy_and_cannot_be_framed()
    {
        var service = await Shared.ServiceAsync(Setup.PostgresTwoProcesses);
        foreach (var path in (string[])["/", "/teammates", "/index.html"])
        {
            var page = await Tenant.SendAsync(
                new(service.Http, path), "GET", null, "", "", new Dictionary<string, string> { ["Accept"] = "text/html" });
            var policy = page.Header("Content-Security-Policy")!.Split("; ");
            Assert.Contains("script-src 'self' 'wasm-unsafe-eval'", policy);
            Assert.Contains("connect-src 'self'", policy);
            Assert.Contains("frame-ancestors 'none'", policy);
            Assert.Equal("nosniff", page.Header("X-Content-Type-Options"));
        }

        foreach (var path in (string[])["/Users", "/nowhere.png", "/api/v1/nowhere"])
        {
            Assert.Equal(404, (int)(await Tenant.SendAsync(new(service.Http, path), "GET", null, "", "")).Status);
        }
    }

    [Fact]
    public async Task a_first_visit_loads_less_than_it_may_and_a_second_next_to_nothing()
    {
        Assert.SkipUnless(RunningProgram.Programs == "publish", "Only published pages are trimmed and compressed: run ./test.sh.");
        var tenant = await Setup.SqliteOneProcess.TenantAsync();
        var page = await Chromium.OpenAsync();
        var wire = await page.Context.NewCDPSessionAsync(page);
        await wire.SendAsync("Network.enable");
        var bytes = 0.0;
        wire.Event("Network.loadingFinished").OnEvent += (_, loaded) => bytes += loaded!.Value.GetProperty("encodedDataLength").GetDouble();

        await page.GotoAsync($"{tenant.Service.Http}sign-in#{await Browser.LinkAsync(tenant, "grace@acme.example")}");
        await Assertions.Expect(page.Locator("nav")).ToBeVisibleAsync();
        await page.WaitForTimeoutAsync(1_000);
        Assert.InRange(bytes, 1_000_000, FirstLoad);
        bytes = 0;
        await page.GotoAsync($"{tenant.Service.Http}teammates");
        await Assertions.Expect(page.Locator("tbody tr").First).ToBeVisibleAsync();

        Assert.InRange(bytes, 1, SecondLoad);
        await page.Context.DisposeAsync();
    }

    [Fact]
    public async Task the_keyboard_alone_goes_everywhere()
    {
        var tenant = await Setup.SqliteOneProcess.TenantAsync();
        await using var visitor = await Visitor.SignInAsync(tenant);
        await visitor.GoAsync("tokens");
        var keys = visitor.Page.Keyboard;

        await visitor.Page.EvaluateAsync("document.activeElement.blur()");
        await keys.PressAsync("Tab");
        await Assertions.Expect(visitor.Page.GetByText("Skip to the content")).ToBeFocusedAsync();
        await visitor.Button("Create a token").First.FocusAsync();
        await keys.PressAsync("Enter");
        await Assertions.Expect(visitor.Dialog.GetByLabel("Name")).ToBeFocusedAsync();
        await keys.TypeAsync("By keyboard");
        await keys.PressAsync("Escape");
        await Assertions.Expect(visitor.Dialog).ToHaveCountAsync(0);
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Account of grace@acme.example" }).FocusAsync();
        await keys.PressAsync("Enter");
        await visitor.SeesAsync(visitor.Page.GetByText("Look: dark"));
        await visitor.Page.GetByText("Look: dark").ClickAsync();
        await Assertions.Expect(visitor.Page.Locator("html")).ToHaveAttributeAsync("data-look", "dark");
        await visitor.Page.ReloadAsync();
        await Assertions.Expect(visitor.Page.Locator("html")).ToHaveAttributeAsync("data-look", "dark");
    }

    private static string Describe(AxeResultNode node) => $"{node.Target} {string.Join(", ", node.Any.Select(each => each.Message))}";

    /// <summary>A company with something on every page.</summary>
    private static async Task<(string Name, string Path)[]> FurnishAsync(Tenant tenant)
    {
        await tenant.NewTemplateAsync("Support agent",
            new()
            {
                Role = new() { Id = "agent", DisplayName = "Agent" },
                SharedInboxes =
                { new ProductReference { Id = "support", DisplayName = "Support" } }
            });
        var lead = await tenant.NewTemplateAsync("Team lead");
        await tenant.Operated.Templates.UpdateTeammateTemplateAsync(new()
        {
            TeammateTemplate = new()
            {
                Id = lead.Id,
                Contents = new()
                {
                    Role = new() { Id = "lead", DisplayName = "Lead" },
                    Workspaces = { new WorkspaceGrant { Workspace = new() { Id = "emea", DisplayName = "EMEA" },
                        Role = new() { Id = "admin", DisplayName = "Admin" } } },
                    SharedInboxes = { new ProductReference { Id = "support", DisplayName = "Support" },
                        new ProductReference { Id = "sales", DisplayName = "Sales" } },
                    Locale = "en-GB",
                    TimeZone = "Europe/London",
                    Signature = "Kind regards",
                    Settings = { ["notifications"] = "mentions" },
                },
            },
            UpdateMask = new() { Paths = { "contents" } },
        });
        var ids = new List<string>();
        foreach (var (index, name) in (
            (string[])["Ada Byron", "Alan Turing", "Barbara Liskov", "Edsger Dijkstra", "Frances Allen", "Katherine Johnson",
                "Margaret Hamilton", "Radia Perlman", "Tony Hoare"]).Index())
        {
            var (given, role) = (name.Split(' ')[0], index % 4 == 3 ? "Team lead" : index == 7 ? "Cosmonaut" : "Support agent");
            var answer = await tenant.ScimAsync("POST", "/Users",
                $$"""
                {"userName":"{{given.ToLowerInvariant()}}@acme.example","displayName":"{{name}}","externalId":"00u{{index}}",
                 "title":"Engineer","emails":[{"value":"{{given.ToLowerInvariant()}}@acme.example","type":"work","primary":true}],
                  "roles":[{"value":"{{role}}","primary":true}],
                   "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Support"} }
                """);
            ids.Add(answer["id"]!);
        }

        var group = (await tenant.ScimAsync(
            "POST", "/Groups", $$"""{"displayName":"Support EMEA","members":[{"value":"{{ids[0]}}"},{"value":"{{ids[2]}}"}]}"""))["id"];
        await tenant.Operated.Groups.CreateTeammateGroupAsync(new() { TeammateGroup = new() { DisplayName = "Night shift" } });
        await tenant.ScimAsync("PATCH", $"/Users/{ids[1]}",
            """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]}""");
        await tenant.ScimAsync("PATCH", $"/Users/{ids[0]}",
            """
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"title","value":"Countess"}]}
            """);
        await tenant.ScimAsync("POST", "/Users", """{"userName":"ADA@acme.example"}""");
        var script = await tenant.NewTokenAsync("Reporting script", Scope.TeammatesRead, Scope.LogRead);
        await tenant.Operated.ApiTokens.RotateApiTokenAsync(new() { Id = script.Id });
        return
        [
            ("connect", "connect"), ("connect-okta", "connect/okta"), ("connect-entra", "connect/entra"), ("tokens", "tokens"),
                ("teammates", "teammates"), ("teammate", $"teammates/{ids[0]}"),
            ("templates", "templates"), ("template", $"templates/{lead.Id}"), ("template-new", "templates/new"), ("groups", "groups"),
                ("group", $"groups/{group}"), ("log", "log"), ("sessions", "sessions"),
        ];
    }
}
