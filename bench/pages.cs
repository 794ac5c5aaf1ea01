#!/usr/bin/env dotnet
#:package Microsoft.Playwright
#:property PublishAot=false
// How much the settings pages load, and how soon they can be used: on the first visit and on the second.
//
//   dotnet publish src/Standalone -c Release && dotnet run -c Release bench/pages.cs
//
// Starts the published Standalone on a fresh folder, and for each round a Chromium whose cache is empty. "Usable" is when the
// navigation and the
// page's own heading are there, after the link was followed, the session opened and the company read.

using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;

const int Rounds = 5;
var program = Path.GetFullPath("artifacts/publish/Standalone/release/Standalone.dll");
if (!File.Exists(program))
{
    Console.Error.WriteLine($"{program} is missing: run dotnet publish src/Standalone -c Release from the repository's root first.");
    return 2;
}

var folder = Directory.CreateTempSubdirectory("pages-").FullName;
string[] settings = [$"--Data:Folder={folder}", "--Listen:Http=http://127.0.0.1:5930", "--Listen:Grpc=http://127.0.0.1:5931"];
using var service = Process.Start(new ProcessStartInfo("dotnet", [program, .. settings]) { RedirectStandardOutput = true })!;
try
{
    while (await service.StandardOutput.ReadLineAsync() is { } line && !line.Contains("Ctrl+C", StringComparison.Ordinal))
    {
    }

    _ = service.StandardOutput.ReadToEndAsync();
    using var playwright = await Playwright.CreateAsync();
    var (first, second) = (new List<Visit>(), new List<Visit>());
    for (var round = 0; round < Rounds; round++)
    {
        var link = await LinkAsync(program, settings);
        await using var browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = "/usr/bin/chromium",
                Args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
                    "--disable-sync"] });
        var page = await browser.NewPageAsync();
        await page.GotoAsync("about:blank");
        await Task.Delay(TimeSpan.FromSeconds(3));
        first.Add(await VisitAsync(page, link));
        second.Add(await VisitAsync(page, new Uri(new Uri(link), "/teammates").ToString()));
    }

    Print("first visit", first);
    Print("second visit", second);
    return 0;
}
finally
{
    service.Kill();
}

static async Task<string> LinkAsync(string program, string[] settings)
{
    using var command = Process.Start(
        new ProcessStartInfo("dotnet",
            [program, "sign-in-link", "demo", "grace@demo.example", .. settings]) { RedirectStandardOutput = true })!;
    return (await command.StandardOutput.ReadToEndAsync()).Trim();
}

static async Task<Visit> VisitAsync(IPage page, string url)
{
    var wire = await page.Context.NewCDPSessionAsync(page);
    await wire.SendAsync("Network.enable");
    var (bytes, requests, watch) = (0.0, 0, Stopwatch.StartNew());
    wire.Event("Network.loadingFinished").OnEvent += (_, loaded) => (bytes, requests) = (
        bytes + loaded!.Value.GetProperty("encodedDataLength").GetDouble(), requests + 1);
    await page.GotoAsync(url, new() { WaitUntil = WaitUntilState.Commit });
    await page.Locator("nav").WaitForAsync();
    await page.Locator("main h1").WaitForAsync();
    var usable = watch.ElapsedMilliseconds;
    await Task.Delay(TimeSpan.FromSeconds(1));
    await wire.DetachAsync();
    return new(usable, bytes, requests);
}

static void Print(string name, List<Visit> visits) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"{name,-13} usable after {Median(visits, each => each.Usable):0} ms (of "
        + $"{string.Join(", ", visits.Select(each => each.Usable).Order())}), {Median(visits, each => each.Bytes):n0} bytes in "
        + $"{Median(visits, each => each.Requests):0} requests"));

static double Median(List<Visit> visits, Func<Visit, double> of) => visits.Select(of).Order().ElementAt(visits.Count / 2);

internal sealed record Visit(long Usable, double Bytes, int Requests);
