#!/usr/bin/env dotnet
#:package Microsoft.Playwright
#:property PublishAot=false
// The way of an admin who has never seen the settings pages, from the sign-in link to a first teammate with a template,
// step by step: what the machine takes, and what a person takes.
//
//   dotnet publish src/Standalone -c Release && dotnet run -c Release bench/newcomer.cs
//
// Plays the admin in a Chromium, and Okta over HTTP. A person's time is reckoned by the keystroke-level model (Card, Moran and
// Newell): 1.35 s to decide and 1.3 s to point and click for each press, 0.28 s a key, and reading at 200 words a minute each
// page's whole text once, whether it needs reading or not. What is done on Okta's side is reckoned at 15 s for each of the
// instructions that the page gives for it, beside reading them.

using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Playwright;

var program = Path.GetFullPath("artifacts/publish/Standalone/release/Standalone.dll");
if (!File.Exists(program))
{
    Console.Error.WriteLine($"{program} is missing: run dotnet publish src/Standalone -c Release from the repository's root first.");
    return 2;
}

var folder = Directory.CreateTempSubdirectory("newcomer-").FullName;
var bootstrap = Path.Combine(folder, "bootstrap.json");
await File.WriteAllTextAsync(bootstrap,
    """{"companies":[{"slug":"acme","displayName":"Acme","features":{"scim":true,"templates":true}}]}""");
string[] settings = [$"--Data:Folder={folder}", $"--Bootstrap:File={bootstrap}", "--Listen:Http=http://127.0.0.1:5930",
    "--Listen:Grpc=http://127.0.0.1:5931"];
using var service = Process.Start(new ProcessStartInfo("dotnet", [program, .. settings]) { RedirectStandardOutput = true })!;
try
{
    _ = service.StandardOutput.ReadToEndAsync();
    await AwaitAsync(new("http://127.0.0.1:5930/health/ready"));
    using var command = Process.Start(
        new ProcessStartInfo("dotnet",
            [program, "sign-in-link", "acme", "ada@acme.example", .. settings]) { RedirectStandardOutput = true })!;
    var link = (await command.StandardOutput.ReadToEndAsync()).Trim();
    using var playwright = await Playwright.CreateAsync();
    await using var browser = await playwright.Chromium.LaunchAsync(
        new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox", "--disable-gpu", "--no-first-run"] });
    var page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1280, Height = 900 } });
    await page.GotoAsync("about:blank");
    await Task.Delay(TimeSpan.FromSeconds(3));
    await WalkAsync(new(page), page, link);
    return 0;
}
finally
{
    service.Kill();
}

static async Task WalkAsync(Walk walk, IPage page, string link)
{
    ILocator Step(string title, string state) => page.Locator(".step", new() { HasText = title }).Filter(new() { HasText = state });
    ILocator Button(string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
    ILocator Link(string name) => page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    await walk.StepAsync("open the sign-in link", presses: 1, keys: 0, () => page.GotoAsync(link), page.Locator("main h1"));
    await walk.StepAsync("choose Okta", 1, 0, () => page.GetByRole(AriaRole.Link, new() { NameRegex = new("^Okta") }).First.ClickAsync(),
        Button("Create the token"));
    await walk.StepAsync("create the token", 1, 0, () => Button("Create the token").ClickAsync(), Step("Create an API token", "Done"));
    var token = await page.GetByLabel("API Token").First.InputValueAsync();
    await walk.StepAsync("copy URL and token into Okta", 4, 0, () => Button("Copy: API Token").ClickAsync(),
        page.GetByLabel("API Token").First, instructions: 6);

    using var okta = new HttpClient { BaseAddress = new(await page.GetByLabel("Base URL").First.InputValueAsync() + "/") };
    okta.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(token);
    await walk.StepAsync("press Okta's test; step 3 turns green", 1, 0, () => okta.GetAsync("Users?startIndex=1&count=2"),
        Step("Receive the first call", "Done"), instructions: 1);
    await walk.StepAsync("open templates", 1, 0, () => Link("Teammate templates").Or(Link("Templates")).First.ClickAsync(),
        page.GetByText("No template yet"));
    await walk.StepAsync("add a template", 1, 0, () => page.GetByText("Add a template").Last.ClickAsync(), page.GetByLabel("Name").First);
    await walk.StepAsync("name it and save", 1, "Support agent".Length, async () =>
    {
        await page.GetByLabel("Name").First.FillAsync("Support agent");
        await Button("Save").ClickAsync();
    }, Link("Support agent"));
    await walk.StepAsync("back to the checklist", 2, 0, async () =>
    {
        await Link("Connect a provider").ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("^Okta") }).First.ClickAsync();
    }, Step("Receive the first call", "Done"));
    await walk.StepAsync("set up the role in Okta and assign a person; steps 4 and 5 turn green", 6, 0, () => PostAsync(okta, "Users",
        """
        {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada@corp.example","name":{"givenName":"Ada",
         "familyName":"Byron"},"externalId":"00u1","roles":["Support agent"],"active":true}
        """),
        Step("Give new teammates their template", "Done"), instructions: 9);
    await walk.StepAsync("push a group; step 6 turns green", 1, 0, () => PostAsync(okta, "Groups",
        """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Support","members":[]}"""),
        Step("Push groups", "Done"), instructions: 3);
    walk.Sum();
}

static async Task PostAsync(HttpClient okta, string path, string body)
{
    using var content = new StringContent(body, Encoding.UTF8, "application/scim+json");
    (await okta.PostAsync(path, content)).EnsureSuccessStatusCode();
}

static async Task AwaitAsync(Uri url)
{
    using var client = new HttpClient();
    for (var attempt = 0; ; attempt++)
    {
        try
        {
            _ = await client.GetAsync(url);
            return;
        }
        catch (HttpRequestException) when (attempt < 100)
        {
            await Task.Delay(200);
        }
    }
}

internal sealed class Walk(IPage page)
{
    private readonly HashSet<string> _read = [];
    private double _machine, _person;

    public async Task StepAsync(string name, int presses, int keys, Func<Task> act, ILocator until, int instructions = 0)
    {
        var watch = Stopwatch.StartNew();
        await act();
        await until.First.WaitForAsync();
        var machine = watch.Elapsed.TotalSeconds;
        await Task.Delay(TimeSpan.FromSeconds(1));
        var lines = (await page.Locator("main").First.InnerTextAsync()).Split(
            '\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var words = lines.Where(_read.Add).Sum(line => line.Split(' ').Length);
        var person = (presses * (1.35 + 1.3)) + (keys * 0.28) + (words * 60.0 / 200) + (instructions * 15);
        (_machine, _person) = (_machine + machine, _person + person);
        Say(name, machine, person,
            $"{presses} presses, {keys} keys, {words} new words" + (instructions > 0 ? $", {instructions} instructions at Okta" : ""));
    }

    public void Sum() =>
        Say("in all", _machine, _person, string.Create(CultureInfo.InvariantCulture, $"{(_machine + _person) / 60:0.0} minutes"));

    private static void Say(string name, double machine, double person, string of) =>
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{name,-74} machine {machine,5:0.0} s   person {person,6:0.0} s   {of}"));
}
