using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Provisioning.Client;
using Provisioning.V1;

namespace EndToEnd.Harness;

/// <summary>A company of a test's own, with an Okta connected to it.</summary>
public sealed class Tenant(Service service, Company company, ProvisioningClient operated)
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    public Service Service => service;

    public Company Company => company;

    /// <summary>The operator acting in this company.</summary>
    public ProvisioningClient Operated => operated;

    /// <summary>The provider's token.</summary>
    public string Token { get; private set; } = "";

    /// <summary>The provider calling gRPC itself.</summary>
    public ProvisioningClient Provider => field ??= Client(Token);

    /// <summary>A person of the company: every scope but the provider's.</summary>
    public ProvisioningClient Person { get; private set; } = null!;

    public async Task BeginAsync()
    {
        Token = (await NewTokenAsync("okta", Scope.AutoProvisioning)).Value;
        Person = Client((await NewTokenAsync(
            "person", Scope.TeammatesRead, Scope.TeammatesWrite, Scope.GroupsRead, Scope.GroupsWrite, Scope.TemplatesRead,
                Scope.TemplatesWrite,
            Scope.TokensAdmin, Scope.LogRead, Scope.ChangesRead)).Value);
    }

    public async Task<ApiToken> NewTokenAsync(string name, params Scope[] scopes) =>
        await operated.ApiTokens.CreateApiTokenAsync(new() { ApiToken = new() { Name = name, Scopes = { scopes } } });

    public ProvisioningClient Client(string token) => ProvisioningClient.Connect(service.Grpc, token);

    /// <summary>Makes every connection of the company strict.</summary>
    public async Task BeStrictAsync()
    {
        foreach (var connection in (await operated.Connections.ListConnectionsAsync(new())).Connections)
        {
            connection.Strict = true;
            await operated.Connections.UpdateConnectionAsync(
                new() { Connection = connection, UpdateMask = new() { Paths = { "strict" } } });
        }
    }

    /// <summary>Sets what becomes of groups that a provider pushes under a name that is there.</summary>
    public async Task TakeoverAsync(GroupTakeover takeover)
    {
        using var all = service.Operator();
        await all.Companies.UpdateCompanyAsync(
            new() { Company = new() { Id = company.Id, GroupTakeover = takeover }, UpdateMask = new() { Paths = { "group_takeover" } } });
    }

    public async Task<TeammateTemplate> NewTemplateAsync(string name, TemplateContents? contents = null) =>
        await operated.Templates.CreateTeammateTemplateAsync(new() { TeammateTemplate = new() { Name = name, Contents = contents } });

    public async Task<Teammate> NewTeammateAsync(string userName = "ada@corp.example", bool admin = false, string roles = "") =>
        await operated.Teammates.CreateTeammateAsync(new()
        {
            Teammate = new() { CompanyAdmin = admin, ProfileJson = ProfileOf(userName, roles) },
        });

    /// <summary>A profile with roles as JSON; empty for none.</summary>
    public static string ProfileOf(string userName, string roles) =>
        new JsonObject { ["userName"] = userName, ["roles"] = roles.Length == 0 ? null : JsonNode.Parse(roles) }.ToJsonString();

    /// <summary>Makes teammates, several at a time, and gives their ids in the order of their names.</summary>
    public async Task<IReadOnlyList<string>> NewTeammatesAsync(int count, string prefix = "t")
    {
        var ids = new string[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (index, _) => ids[index] = (await NewTeammateAsync($"{prefix}{index:d5}@corp.example")).Id);
        return ids;
    }

    /// <summary>Makes a group by the provider, with members.</summary>
    public async Task<string> NewGroupAsync(string name, params IEnumerable<string> members) =>
        (await Provider.Groups.CreateTeammateGroupAsync(
            new() { TeammateGroup = new() { DisplayName = name }, MemberIds = { members } })).Id;

    /// <summary>The ids of a group's members.</summary>
    public async Task<List<string>> MembersAsync(string group)
    {
        var ids = new List<string>();
        await foreach (var member in operated.ListGroupMembersAsync(group))
        {
            ids.Add(member.TeammateId);
        }

        return ids;
    }

    public async Task<List<LogEntry>> LogAsync(string resourceId = "")
    {
        var entries = new List<LogEntry>();
        await foreach (var entry in operated.ListLogEntriesAsync(resourceId))
        {
            entries.Add(entry);
        }

        return entries;
    }

    /// <summary>A SCIM request with the provider's token.</summary>
    public Task<Answer> ScimAsync(string method, string path, string? body = null, string? authorization = null) =>
        SendAsync(new Uri(service.Scim, "/v2" + path), method, body, authorization ?? "Bearer " + Token, "application/scim+json");

    /// <summary>A JSON request to the core.</summary>
    public Task<Answer> JsonAsync(string method, string path, string? body = null, string? token = null) =>
        SendAsync(new Uri(service.Http, path), method, body, "Bearer " + (token ?? Token), "application/json");

    public static async Task<Answer> SendAsync(
        Uri url, string method, string? body, string authorization, string contentType, IReadOnlyDictionary<string, string>? headers = null)
    {
        using var request = new HttpRequestMessage(new(method), url);
        if (authorization.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        foreach (var (name, value) in headers ?? new Dictionary<string, string>())
        {
            if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
            {
                if (request.Content is not null)
                {
                    request.Content.Headers.ContentType = null;
                    request.Content.Headers.TryAddWithoutValidation(name, value);
                }
            }
            else if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new(response.StatusCode, text, response.Content.Headers.ContentType?.MediaType, response.Headers, response.Content.Headers);
    }
}

/// <summary>What came back.</summary>
public sealed record Answer(
    HttpStatusCode Status, string Text, string? ContentType, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders)
{
    /// <summary>A header's value, whichever kind it is; null when it is not there.</summary>
    public string? Header(string name) =>
        Headers.TryGetValues(name, out var values) || ContentHeaders.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    public JsonObject Json => (JsonObject)JsonNode.Parse(Text)!;

    public string? this[string property] => Json[property]?.ToString();
}
