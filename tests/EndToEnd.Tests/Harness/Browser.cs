using System.Net;
using Grpc.Net.Client;
using Grpc.Net.Client.Web;
using Provisioning.Client;

namespace EndToEnd.Harness;

/// <summary>A browser at the settings pages, as far as calls go: gRPC-Web, cookies, an Origin.</summary>
public sealed class Browser : IDisposable
{
    private readonly GrpcChannel _channel;

    private Browser(GrpcChannel channel, Uri address, CookieContainer cookies) =>
        (_channel, Address, Cookies, Client) = (channel, address, cookies, new(channel.CreateCallInvoker(), authorization: null));

    public Uri Address { get; }

    public CookieContainer Cookies { get; }

    public ProvisioningClient Client { get; }

    /// <summary>The Set-Cookie headers that came.</summary>
    public List<string> SetCookies { get; } = [];

    /// <summary>Opens the pages of a service.</summary>
    /// <param name="address">Where JSON and gRPC-Web are.</param>
    /// <param name="origin">What the browser says it is at; unless given, the address; empty for none.</param>
    /// <param name="cookies">Cookies of another browser.</param>
    /// <param name="headers">What a forger adds.</param>
    public static Browser At(
        Uri address, string? origin = null, CookieContainer? cookies = null, params (string Name, string Value)[] headers)
    {
        var jar = cookies ?? new();
        var handler = new Headers(new HttpClientHandler { CookieContainer = jar });
        var browser = new Browser(GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = new GrpcWebHandler(GrpcWebMode.GrpcWeb, handler),
            HttpVersion = new Version(1, 1),
        }), address, jar);
        handler.SetCookies = browser.SetCookies;
        handler.Added = [.. headers, ("Origin", origin ?? address.GetLeftPart(UriPartial.Authority))];
        return browser;
    }

    /// <summary>A company admin's browser, signed in by a link; who is not there yet is made.</summary>
    public static async Task<Browser> SignInAsync(Tenant tenant, string userName)
    {
        var browser = At(tenant.Service.Http);
        await browser.Client.Sessions.CreateSessionAsync(new() { SignInSecret = await LinkAsync(tenant, userName) });
        return browser;
    }

    /// <summary>The secret of a sign-in link.</summary>
    public static async Task<string> LinkAsync(Tenant tenant, string userName)
    {
        var found = await tenant.Operated.Teammates.ListTeammatesAsync(new() { Filter = $"userName eq \"{userName}\"" });
        var teammate = found.Teammates.FirstOrDefault() ?? await tenant.NewTeammateAsync(userName, admin: true);
        return SecretOf((await tenant.Operated.Sessions.CreateSignInLinkAsync(new() { TeammateId = teammate.Id })).Url);
    }

    /// <summary>The secret of a sign-in link that the operator's command prints, alone.</summary>
    public static async Task<string> CommandAsync(Tenant tenant, string userName)
    {
        var (code, output, error) = await RunningProgram.RunAsync(
            tenant.Service.Program, ["sign-in-link", tenant.Company.Slug, userName, .. tenant.Service.Settings]);
        Assert.True(code == 0, error);
        return SecretOf(output.TrimEnd('\n'));
    }

    private static string SecretOf(string url)
    {
        var link = new Uri(url);
        Assert.Equal("/sign-in", link.AbsolutePath);
        return link.Fragment[1..];
    }

    public void Dispose() => _channel.Dispose();

    private sealed class Headers(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        public (string Name, string Value)[] Added { get; set; } = [];

        public List<string> SetCookies { get; set; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            foreach (var (name, value) in Added.Where(each => each.Value.Length > 0))
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            var response = await base.SendAsync(request, cancellationToken);
            SetCookies.AddRange(response.Headers.TryGetValues("Set-Cookie", out var set) ? set : []);
            return response;
        }
    }
}
