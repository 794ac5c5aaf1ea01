using EndToEnd.Harness;
using Microsoft.Playwright;

namespace EndToEnd.Pages;

/// <summary>A real Chromium, started once. Each visit is a profile of its own: no cookie or cache of another.</summary>
public static class Chromium
{
    private const float Patience = 20_000;

    private static readonly Lazy<Task<IBrowser>> Browser = new(LaunchAsync);

    public static string Executable { get; } =
        ((string[])["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]).FirstOrDefault(File.Exists) ?? "";

    /// <summary>Opens a profile with a tab.</summary>
    public static async Task<IPage> OpenAsync(bool dark = false, int width = 1280, int height = 900)
    {
        var context = await (await Browser.Value).NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            Locale = "en-GB",
            TimezoneId = "Europe/London",
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        context.SetDefaultTimeout(Patience);
        return await context.NewPageAsync();
    }

    private static async Task<IBrowser> LaunchAsync()
    {
        Assert.True(Executable.Length > 0, "There is no Chromium here: run ./test.sh, which installs it.");
        Assertions.SetDefaultExpectTimeout(Patience);
        var playwright = await Playwright.CreateAsync();
        return await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Executable,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync"],
        });
    }
}

/// <summary>An admin at the settings pages of a company.</summary>
public sealed class Visitor : IAsyncDisposable
{
    private Visitor(Tenant tenant, Uri address, IPage page) => (Tenant, Address, Page) = (tenant, address, page);

    public Tenant Tenant { get; }

    public Uri Address { get; }

    public IPage Page { get; }

    /// <summary>What the browser complained about: refused scripts and styles, uncaught errors.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>Every address that was asked for.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Signs an admin in by a link; who is not there yet is made.</summary>
    public static async Task<Visitor> SignInAsync(
        Tenant tenant, string userName = "grace@acme.example", bool dark = false, int width = 1280, Uri? address = null)
    {
        var visitor = new Visitor(tenant, address ?? tenant.Service.Http, await Chromium.OpenAsync(dark, width));
        visitor.Page.PageError += (_, error) => visitor.Complaints.Add(error);
        visitor.Page.Console += (_, message) => visitor.Note(message);
        visitor.Page.Request += (_, request) => visitor.Requests.Add(request.Url);
        await visitor.FollowAsync(await Browser.LinkAsync(tenant, userName));
        await visitor.SeesAsync(visitor.Page.Locator(".page h1"));
        return visitor;
    }

    /// <summary>Opens a sign-in link.</summary>
    public Task FollowAsync(string secret) => Page.GotoAsync($"{Address}sign-in#{secret}");

    /// <summary>Opens a page by its address, as from a bookmark.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync($"{Address}{path}");
        await SeesAsync(Page.Locator("h1").First);
    }

    /// <summary>Moves to a page without loading the pages anew, as a link within them does.</summary>
    public async Task MoveAsync(string path)
    {
        await Page.EvaluateAsync($"Blazor.navigateTo('{path}')");
        await Assertions.Expect(Page).ToHaveURLAsync($"{Address}{path}");
        await SeesAsync(Page.Locator("h1").First);
    }

    /// <summary>Clicks a place in the navigation.</summary>
    public async Task TurnToAsync(string place)
    {
        await Page.Locator("nav").GetByRole(AriaRole.Link, new() { Name = place }).ClickAsync();
        await SeesAsync(Page.GetByRole(AriaRole.Heading, new() { Name = place, Level = 1 }));
    }

    public ILocator Text(string text) => Page.Locator("main").GetByText(text).First;

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Link(string name) => Page.Locator("main").GetByRole(AriaRole.Link, new() { Name = name }).First;

    public ILocator Field(string label) => Page.GetByLabel(label, new() { Exact = true }).First;

    public ILocator Dialog => Page.GetByRole(AriaRole.Dialog);

    public ILocator Row(string text) => Page.Locator("tbody tr", new() { HasText = text });

    public Task SeesAsync(string text) => SeesAsync(Text(text));

    /// <summary>Something is seen soon. When it is not, what the browser complained about is told too.</summary>
    public async Task SeesAsync(ILocator locator)
    {
        try
        {
            await Assertions.Expect(locator).ToBeVisibleAsync();
        }
        catch (PlaywrightException missing) when (Complaints.Count > 0)
        {
            throw new PlaywrightException($"{missing.Message}\nThe browser complained: {string.Join('\n', Complaints)}", missing);
        }
    }

    public Task SeesNoAsync(string text) => Assertions.Expect(Page.Locator("main").GetByText(text)).ToHaveCountAsync(0);

    /// <summary>Nothing was refused by the browser, and nothing but this service was asked.</summary>
    public void CheckClean()
    {
        Assert.Empty(Complaints);
        Assert.All(Requests,
            url => Assert.True(url.StartsWith(Address.ToString(), StringComparison.Ordinal)
                || url.StartsWith("data:", StringComparison.Ordinal), url));
    }

    /// <summary>Closes the visitor's pages. Chromium now and then never answers that; the pages then end with the browser.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await Page.Context.CloseAsync().WaitAsync(TimeSpan.FromSeconds(20));
        }
        catch (TimeoutException)
        {
        }
    }

    private void Note(IConsoleMessage message)
    {
        // Failed calls are a tab's business, such as when its session ends; what the browser blocks or throws is not.
        if (message.Type is "error" or "warning" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
        {
            Complaints.Add(message.Text);
        }
    }
}
