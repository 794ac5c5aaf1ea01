using Provisioning;
using Provisioning.Access;
using Provisioning.Companies;
using Provisioning.Sessions;
using Provisioning.Storage;
using Provisioning.Teammates;
using Provisioning.Templates;
using Provisioning.Tokens;
using Provisioning.V1;

namespace Standalone;

/// <summary>
/// What the very first start on embedded storage makes, so that there is something to try: a company with a template and
/// a teammate, a token that is shown once, and a link that signs its admin in.
/// </summary>
internal static class FirstStart
{
    private const string Slug = "demo", Admin = "grace@demo.example", Role = "Support agent";

    /// <summary>What was made that is shown once.</summary>
    /// <param name="Token">The API token's value.</param>
    /// <param name="Link">The path that signs the admin in, with its secret.</param>
    public sealed record Made(string Token, string Link);

    /// <summary>Makes the company to try things with; null when there is any company already, or somebody else's plan.</summary>
    public static async Task<Made?> RunAsync(IServiceProvider services)
    {
        var settings = services.GetRequiredService<CoreSettings>();
        await using var scope = services.CreateAsyncScope();
        var provider = scope.ServiceProvider;
        if (settings.Provider != StorageProvider.Sqlite || settings.BootstrapFile.Length > 0
            || await HasCompanyAsync(services.GetRequiredService<StorageConnections>()))
        {
            return null;
        }

        var company = await provider.GetRequiredService<CompanyOperations>().CreateAsync(Caller.System(null),
            new() { Company = new() { Slug = Slug, DisplayName = "Demo", Features = new() { Scim = true, Templates = true } } }, default);
        var caller = Caller.System(company.Id);
        await provider.GetRequiredService<TemplateOperations>().CreateAsync(caller,
            new() { TeammateTemplate = new() { Name = Role, Contents = new() { Role = new() { Id = "agent", DisplayName = "Agent" } } } },
                default);
        await provider.GetRequiredService<TeammateCreation>().CreateAsync(caller, new()
        {
            Teammate = new()
            {
                CompanyAdmin = true,
                Profile = new()
                {
                    UserName = Admin,
                    DisplayName = "Grace Hopper",
                    Name = new() { GivenName = "Grace", FamilyName = "Hopper" },
                    Emails = { new MultiValue { Value = Admin, Type = "work", Primary = true } },
                },
            },
        }, default);
        var token = await provider.GetRequiredService<TokenOperations>().CreateAsync(caller,
            new() { ApiToken = new() { Name = "okta", Scopes = { Scope.AutoProvisioning } } }, default);
        var link = await provider.GetRequiredService<AdminAccess>().LinkAsync(Slug, Admin, default);
        return new(token.Value, new Uri(link).PathAndQuery + new Uri(link).Fragment);
    }

    private static async Task<bool> HasCompanyAsync(StorageConnections connections)
    {
        var found = false;
        await connections.RunAsync([Statement.One("SELECT 1 FROM companies LIMIT 1", _ => found = true)], default);
        return found;
    }

    /// <summary>What the first start prints.</summary>
    /// <param name="url">Where SCIM is, without its path.</param>
    /// <param name="pages">Where the settings pages are.</param>
    /// <param name="made">What was made.</param>
    /// <param name="folder">Where the data is.</param>
    public static string Words(string url, string pages, Made made, string folder) =>
        $$$"""

          Teammate Provisioning is ready. This is its first start, so it made the company "Demo" with one teammate,
          one template ("{{{Role}}}") and one API token. Token and link are shown this once:

            Settings    {{{pages}}}{{{made.Link}}}
                        (signs Grace in, once and within 15 minutes)
            SCIM URL    {{{url}}}/v2
            API token   {{{made.Token}}}
            Data        {{{folder}}}

          Try it from another terminal. Create a teammate with a role, block them, read them back:

            ID=$(curl -s {{{url}}}/v2/Users \
              -H 'Authorization: Bearer {{{made.Token}}}' -H 'Content-Type: application/scim+json' \
              -d '{"userName":"ada@demo.example","name":{"givenName":"Ada","familyName":"Byron"},
                   "roles":[{"value":"{{{Role}}}","primary":true}]}' \
              | tee /dev/stderr | grep -o 'tea_[0-9a-z]*' | head -1)

            curl -s -X PATCH {{{url}}}/v2/Users/$ID \
              -H 'Authorization: Bearer {{{made.Token}}}' -H 'Content-Type: application/scim+json' \
              -d '{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                   "Operations":[{"op":"replace","value":{"active":false}}]}'

            curl -s {{{url}}}/v2/Users/$ID -H 'Authorization: Bearer {{{made.Token}}}'

          Ctrl+C stops it; the data stays.

          """;
}
