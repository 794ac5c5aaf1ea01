using System.Text;
using EndToEnd.Harness;
using Google.Protobuf.WellKnownTypes;
using Provisioning.V1;

namespace EndToEnd;

public sealed class TokenTests
{
    [Theory, Everywhere]
    public async Task a_revoked_token_is_refused_at_once_and_says_so(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        Assert.Equal(200, (int)(await tenant.ScimAsync("GET", "/Users")).Status);
        var token = (await tenant.Person.ApiTokens.ListApiTokensAsync(new())).ApiTokens.Single(each => each.Name == "okta");

        await tenant.Person.ApiTokens.RevokeApiTokenAsync(new() { Id = token.Id });

        var refused = await tenant.ScimAsync("GET", "/Users");
        Assert.Equal(401, (int)refused.Status);
        Assert.Contains("revoked", refused["detail"], StringComparison.Ordinal);
    }

    [Theory, Everywhere]
    public async Task who_still_uses_a_dead_token_is_told_of_in_the_log(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var token = (await tenant.Person.ApiTokens.ListApiTokensAsync(new())).ApiTokens.Single(each => each.Name == "okta");
        await tenant.Person.ApiTokens.RevokeApiTokenAsync(new() { Id = token.Id });

        for (var attempt = 0; attempt < 20; attempt++)
        {
            Assert.Equal(401, (int)(await tenant.ScimAsync("GET", "/Users?startIndex=1&count=2")).Status);
        }

        var entry = Assert.Single(await tenant.LogAsync(), entry => entry.Reason == ErrorReason.TokenRevoked);
        Assert.Equal(
            (token.Id, "okta", LogEntry.Types.Outcome.Refused, 20), (entry.Actor.TokenId, entry.Actor.Name, entry.Outcome, entry.Count));
    }

    [Theory, Everywhere]
    public async Task a_rotated_token_works_beside_its_successor_until_the_overlap_ends(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var old = (await tenant.Person.ApiTokens.ListApiTokensAsync(new())).ApiTokens.Single(each => each.Name == "okta");
        await tenant.Provider.Teammates.ListTeammatesAsync(new());

        var made = await tenant.Person.ApiTokens.RotateApiTokenAsync(
            new() { Id = old.Id, Overlap = Duration.FromTimeSpan(TimeSpan.FromSeconds(3)) });

        using var successor = tenant.Client(made.Value);
        await successor.Teammates.ListTeammatesAsync(new());
        await tenant.Provider.Teammates.ListTeammatesAsync(new());
        Assert.Equal((old.Name, old.ConnectionId, Scope.AutoProvisioning), (made.Name, made.ConnectionId, made.Scopes.Single()));
        Assert.Equal(made.Id, (await tenant.Person.ApiTokens.GetApiTokenAsync(new() { Id = old.Id })).ReplacedBy);
        await Expect.RefusedAsync(
            ErrorReason.InvalidField, async () => await tenant.Person.ApiTokens.RotateApiTokenAsync(new() { Id = old.Id }));
        await Expect.SoonAsync(TimeSpan.FromSeconds(20), async () =>
        {
            try
            {
                await tenant.Provider.Teammates.ListTeammatesAsync(new());
                return false;
            }
            catch (Provisioning.Client.ProvisioningException refusal)
            {
                return refusal.Reason == ErrorReason.TokenExpired;
            }
        });
        await successor.Teammates.ListTeammatesAsync(new());
        Assert.Contains(await tenant.LogAsync(old.Id), entry => entry.Summary == "person rotated okta");
    }

    [Theory, Everywhere]
    public async Task rotation_without_overlap_ends_the_old_one_at_once_and_a_preview_does_nothing(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var old = (await tenant.Person.ApiTokens.ListApiTokensAsync(new())).ApiTokens.Single(each => each.Name == "okta");
        await tenant.Provider.Teammates.ListTeammatesAsync(new());
        Assert.Equal("", (await tenant.Person.ApiTokens.RotateApiTokenAsync(new() { Id = old.Id, ValidateOnly = true })).Value);
        await Expect.RefusedAsync(ErrorReason.InvalidField,
            async () => await tenant.Person.ApiTokens.RotateApiTokenAsync(
                new() { Id = old.Id, Overlap = Duration.FromTimeSpan(TimeSpan.FromDays(91)) }));
        await tenant.Provider.Teammates.ListTeammatesAsync(new());

        await tenant.Person.ApiTokens.RotateApiTokenAsync(new() { Id = old.Id, Overlap = new() });

        await Expect.RefusedAsync(ErrorReason.TokenExpired, async () => await tenant.Provider.Teammates.ListTeammatesAsync(new()));
    }

    [Theory, Everywhere]
    public async Task a_token_tells_which_admin_made_it(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        using var ada = await Browser.SignInAsync(tenant, "ada@x");

        var made = await ada.Client.ApiTokens.CreateApiTokenAsync(
            new() { ApiToken = new() { Name = "entra", Scopes = { Scope.AutoProvisioning } } });

        Assert.Equal("ada@x", made.CreatedBy);
        Assert.Equal("ada@x created entra", (await tenant.LogAsync(made.Id))[0].Summary);
        await tenant.NewTeammateAsync("grace@x", admin: true);
        await tenant.Provider.Teammates.DeleteTeammateAsync(
            new() { Id = (await ada.Client.Sessions.GetSessionAsync(new() { Id = "current" })).TeammateId });
        Assert.Equal("a former teammate", (await tenant.Person.ApiTokens.GetApiTokenAsync(new() { Id = made.Id })).CreatedBy);
    }

    [Theory, Everywhere]
    public async Task a_token_is_revealed_again_and_the_log_says_who_looked(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var made = await tenant.Person.ApiTokens.CreateApiTokenAsync(
            new() { ApiToken = new() { Name = "second okta", Scopes = { Scope.AutoProvisioning } } });

        var listed = await tenant.Person.ApiTokens.GetApiTokenAsync(new() { Id = made.Id });
        var revealed = await tenant.Person.ApiTokens.RevealApiTokenAsync(new() { Id = made.Id });

        Assert.Equal("", listed.Value);
        Assert.StartsWith("tp_", made.Value, StringComparison.Ordinal);
        Assert.Equal(made.Value, revealed.Value);
        Assert.NotEqual("", made.ConnectionId);
        Assert.Equal("person looked at the value of second okta", (await tenant.LogAsync(made.Id))[0].Summary);
        Assert.DoesNotContain(
            (await tenant.LogAsync()).Select(entry => entry.ToString()), entry => entry.Contains(made.Value, StringComparison.Ordinal));
    }

    [Theory, Everywhere]
    public async Task a_token_ends_when_it_expires(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var token = await tenant.Person.ApiTokens.CreateApiTokenAsync(new()
        {
            ApiToken = new()
            {
                Name = "short",
                Scopes = { Scope.TeammatesRead },
                ExpireTime = DateTime.UtcNow.AddSeconds(1.5)
                .ToTimestamp()
            },
        });
        using var client = tenant.Client(token.Value);
        await client.Teammates.ListTeammatesAsync(new());

        await Expect.SoonAsync(TimeSpan.FromSeconds(10), async () =>
        {
            try
            {
                await client.Teammates.ListTeammatesAsync(new());
                return false;
            }
            catch (Provisioning.Client.ProvisioningException refusal)
            {
                return refusal.Reason == ErrorReason.TokenExpired;
            }
        });
    }

    [Theory, Everywhere]
    public async Task a_token_comes_as_bearer_bare_or_basic_password_and_in_no_other_way(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        string Basic(string pair) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));

        foreach (var good in (string[])["Bearer " + tenant.Token, "bearer " + tenant.Token, tenant.Token, Basic("okta:" + tenant.Token)])
        {
            Assert.Equal(200, (int)(await tenant.ScimAsync("GET", "/Users", authorization: good)).Status);
        }

        foreach (var bad in (string[])["", "Bearer", "Digest " + tenant.Token, Basic(tenant.Token + ":"), "Basic ???", "Bearer "
            + tenant.Token[..^1]])
        {
            var answer = await tenant.ScimAsync("GET", "/Users", authorization: bad);
            Assert.Equal(401, (int)answer.Status);
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        }
    }

    [Theory, Everywhere]
    public async Task a_first_use_is_seen_at_the_token_and_its_connection_within_seconds(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        Assert.Null((await tenant.Person.Connections.ListConnectionsAsync(new())).Connections[0].LastUseTime);
        await tenant.ScimAsync("GET", "/Users");

        await Expect.SoonAsync(TimeSpan.FromSeconds(15), async () =>
            (await tenant.Person.ApiTokens.ListApiTokensAsync(new())).ApiTokens.Single(each => each.Name == "okta").LastUseTime is { } used
            && (await tenant.Person.Connections.ListConnectionsAsync(new())).Connections[0].LastUseTime == used);
    }

    [Theory, Everywhere]
    public async Task a_strict_connection_refuses_what_only_tolerance_understands(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ada = await tenant.NewTeammateAsync();
        const string Sloppy =
            """
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"active","value":"False"}]}
            """;
        const string Exact =
            """
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"active","value":false}]}
            """;
        var connection = (await tenant.Person.Connections.ListConnectionsAsync(new())).Connections.Single();

        await tenant.Person.Connections.UpdateConnectionAsync(new() { Connection = new() { Id = connection.Id, Strict = true } });
        var refused = await tenant.ScimAsync("PATCH", $"/Users/{ada.Id}", Sloppy);
        Assert.Equal((400, "invalidSyntax"), ((int)refused.Status, refused["scimType"]));
        Assert.Contains("TextBoolean", refused["detail"], StringComparison.Ordinal);
        Assert.Equal(200, (int)(await tenant.ScimAsync("PATCH", $"/Users/{ada.Id}", Exact)).Status);

        await tenant.Person.Connections.UpdateConnectionAsync(
            new() { Connection = new() { Id = connection.Id }, UpdateMask = new() { Paths = { "strict" } } });
        Assert.Equal(200, (int)(await tenant.ScimAsync("PATCH", $"/Users/{ada.Id}", Sloppy)).Status);
    }

    [Theory, Everywhere]
    public async Task external_ids_belong_to_the_connection_that_gave_them(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ada = await tenant.ScimAsync("POST", "/Users", """{"userName":"ada@x","externalId":"00uA"}""");
        var entra = await tenant.NewTokenAsync("entra", Scope.AutoProvisioning);

        var seen = await tenant.ScimAsync("GET", $"/Users/{ada["id"]}", authorization: entra.Value);
        Assert.Null(seen["externalId"]);
        Assert.Equal(
            "0", (await tenant.ScimAsync("GET", "/Users?filter=externalId%20eq%20%2200uA%22", authorization: entra.Value))["totalResults"]);
        Assert.Equal("1", (await tenant.ScimAsync("GET", "/Users?filter=externalId%20eq%20%2200uA%22"))["totalResults"]);
        Assert.Equal("0", (await tenant.ScimAsync("GET", "/Users?filter=externalId%20eq%20%2200ua%22"))["totalResults"]);
    }

    [Theory, Everywhere]
    public async Task a_token_that_was_pasted_wrong_is_told_of_within_five_seconds(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var wrong = tenant.Token[..^4] + "0000";

        Assert.Equal(401, (int)(await tenant.ScimAsync("GET", "/Users?count=1", null, "Bearer " + wrong)).Status);

        await Expect.SoonAsync(TimeSpan.FromSeconds(5),
            async () => (await tenant.LogAsync()).Any(entry => entry.Reason == ErrorReason.TokenUnknown && entry.Actor.Name == "okta"));
    }

    [Theory, Everywhere]
    public async Task a_connection_tells_its_first_call_and_who_arrived_first(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        Assert.Equal(200, (int)(await tenant.ScimAsync("GET", "/Users?count=1")).Status);
        var ada = (await tenant.ScimAsync("POST", "/Users", """{"userName":"ada@x"}"""))["id"];
        await tenant.ScimAsync("POST", "/Users", """{"userName":"grace@x"}""");

        await Expect.SoonAsync(TimeSpan.FromSeconds(30), async () =>
            (await tenant.Person.Connections.ListConnectionsAsync(new())).Connections.Any(each => each.FirstTeammateId == ada
                && each.FirstUseTime is not null));
    }
}
