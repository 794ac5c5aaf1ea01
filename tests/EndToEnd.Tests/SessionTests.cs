using System.Net;
using EndToEnd.Harness;
using Grpc.Core;
using Npgsql;
using Provisioning.Client;
using Provisioning.V1;

namespace EndToEnd;

/// <summary>Company admins sign in to the settings pages, and are out at once when they are to be.</summary>
public sealed class SessionTests
{
    private const string Ada = "ada@acme.example";

    [Theory, Everywhere]
    public async Task a_link_signs_its_admin_in_once(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var secret = await Browser.CommandAsync(tenant, Ada);
        using var browser = Browser.At(tenant.Service.Http);

        var opened = await browser.Client.Sessions.CreateSessionAsync(new() { SignInSecret = secret });

        Assert.Equal(
            (Ada, tenant.Company.Id, "Acme", true), (opened.UserName, opened.CompanyId, opened.CompanyDisplayName, opened.Current));
        Assert.Equal(opened, await browser.Client.Sessions.GetSessionAsync(new() { Id = "current" }));
        Assert.True((await browser.Client.Teammates.GetTeammateAsync(new() { Id = opened.TeammateId })).CompanyAdmin);
        Assert.Matches(
            "^provisioning-session=[0-9a-z]{52}; Path=/; Max-Age=604800; HttpOnly; SameSite=Strict$", Assert.Single(browser.SetCookies));
        using var second = Browser.At(tenant.Service.Http);
        await Expect.RefusedAsync(
            ErrorReason.SignInLinkInvalid, async () => await second.Client.Sessions.CreateSessionAsync(new() { SignInSecret = secret }));
        await Expect.RefusedAsync(
            ErrorReason.SignInLinkInvalid, async () => await second.Client.Sessions.CreateSessionAsync(new() { SignInSecret = "guess" }));
        Assert.Contains(await tenant.LogAsync(opened.TeammateId), entry => entry.Summary == $"{Ada} signed in");
    }

    [Theory, Everywhere]
    public async Task of_many_who_open_one_link_at_once_one_is_signed_in(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var secret = await Browser.LinkAsync(tenant, Ada);

        var tries = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using var browser = Browser.At(tenant.Service.Http);
            try
            {
                await browser.Client.Sessions.CreateSessionAsync(new() { SignInSecret = secret });
                return ErrorReason.Unspecified;
            }
            catch (ProvisioningException refused)
            {
                return refused.Reason;
            }
        }));

        Assert.Single(tries, ErrorReason.Unspecified);
        Assert.All(tries.Where(reason => reason != ErrorReason.Unspecified), reason => Assert.Equal(ErrorReason.SignInLinkInvalid, reason));
    }

    [Theory, Everywhere]
    public async Task the_command_makes_an_admin_of_who_is_none_and_refuses_a_blocked_one(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var teammate = await tenant.NewTeammateAsync(Ada);

        using var browser = Browser.At(tenant.Service.Http);
        await browser.Client.Sessions.CreateSessionAsync(
            new() { SignInSecret = await Browser.CommandAsync(tenant, Ada.ToUpperInvariant()) });

        Assert.Equal(teammate.Id, (await browser.Client.Sessions.GetSessionAsync(new() { Id = "current" })).TeammateId);
        await tenant.Provider.Teammates.BlockTeammateAsync(new() { Id = teammate.Id });
        var (code, output, error) = await RunningProgram.RunAsync(
            tenant.Service.Program, ["sign-in-link", tenant.Company.Slug, Ada, .. tenant.Service.Settings]);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains("is no active company admin", error, StringComparison.Ordinal);
        var nowhere = await RunningProgram.RunAsync(tenant.Service.Program, ["sign-in-link", "nowhere", Ada, .. tenant.Service.Settings]);
        Assert.Equal(2, nowhere.Code);
    }

    [Theory, Everywhere]
    public async Task a_cookie_counts_at_the_pages_own_origin_alone(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        using var signedIn = await Browser.SignInAsync(tenant, Ada);

        foreach (var origin in (string[])["https://evil.example", "http://127.0.0.1:1", "null", ""])
        {
            using var forger = Browser.At(tenant.Service.Http, origin, signedIn.Cookies);
            await Expect.RefusedAsync(ErrorReason.TokenMissing, async () => await forger.Client.Teammates.ListTeammatesAsync(new()));
            var secret = await Browser.LinkAsync(tenant, Ada);
            await Expect.RefusedAsync(
                ErrorReason.OriginRefused, async () => await forger.Client.Sessions.CreateSessionAsync(new() { SignInSecret = secret }));
        }
    }

    [Theory, Everywhere]
    public async Task a_cookie_opens_neither_json_nor_scim_nor_plain_grpc(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        using var signedIn = await Browser.SignInAsync(tenant, Ada);
        var cookie = signedIn.Cookies.GetCookieHeader(tenant.Service.Http);
        var origin = tenant.Service.Http.GetLeftPart(UriPartial.Authority);
        var secret = cookie.Split('=')[1];
        (string, string)[] forged = [("Cookie", cookie), ("Origin", origin), ("x-provisioning-session", secret),
            ("x-provisioning-browser", "loopback")];

        var json = await Tenant.SendAsync(
            new(tenant.Service.Http, "/api/v1/teammates"), "GET", null, "", "application/json", forged.ToDictionary());
        var scim = await Tenant.SendAsync(
            new(tenant.Service.Scim, "/v2/Users"), "GET", null, "", "application/scim+json", forged.ToDictionary());
        var metadata = new Metadata();
        foreach (var (name, value) in forged)
        {
            metadata.Add(name.ToLowerInvariant(), value);
        }

        using var grpc = new ProvisioningClient(Global.Channel(tenant.Service.Grpc), null, metadata: metadata);
        using var web = Browser.At(
            tenant.Service.Http, "https://evil.example", null, ("x-provisioning-session", secret), ("x-provisioning-browser", "secure"));

        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized], [json.Status, scim.Status]);
        await Expect.RefusedAsync(ErrorReason.TokenMissing, async () => await grpc.Teammates.ListTeammatesAsync(new()));
        await Expect.RefusedAsync(ErrorReason.TokenMissing, async () => await web.Client.Teammates.ListTeammatesAsync(new()));
    }

    [Theory, Everywhere]
    public async Task over_https_the_cookie_is_secure_and_bound_to_its_host(Setup setup)
    {
        var shared = await Shared.ServiceAsync(setup);
        await using var service = await Service.StartAsync(setup is Setup.SqliteOneProcess or Setup.PostgresOneProcess,
            [.. shared.Settings, "--Settings:PublicUrl=https://pages.example.test"], shared.Postgres);
        var tenant = await service.NewTenantAsync();
        using var browser = Browser.At(service.Http, "https://pages.example.test");

        await browser.Client.Sessions.CreateSessionAsync(new() { SignInSecret = await Browser.LinkAsync(tenant, Ada) });

        Assert.Matches("^__Host-provisioning-session=.*; Path=/; .*HttpOnly; SameSite=Strict; Secure$", Assert.Single(browser.SetCookies));
    }

    [Theory, Everywhere]
    public async Task blocking_demoting_and_deleting_end_sessions_everywhere_at_once(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await using var other = await Service.StartAsync(
            setup is Setup.SqliteOneProcess or Setup.PostgresOneProcess, tenant.Service.Settings, tenant.Service.Postgres);
        foreach (var (end, told) in ((Func<string, Task>, string)[])[
            (async id => await tenant.Provider.Teammates.BlockTeammateAsync(new() { Id = id }), "okta blocked ada0@x; 2 sessions ended"),
            (async id => await tenant.Operated.Teammates.UpdateTeammateAsync(
                new() { Teammate = new() { Id = id }, UpdateMask = new() { Paths = { "company_admin" } } }),
                    "tests updated ada1@x; 2 sessions ended"),
            (async id => await tenant.ScimAsync("DELETE", $"/Users/{id}"), "okta deleted ada2@x; 2 sessions ended")])
        {
            await tenant.NewTeammateAsync($"boss{Guid.NewGuid():n}@x", admin: true);
            var name = told.Split(' ')[2].TrimEnd(';');
            using var here = await Browser.SignInAsync(tenant, name);
            using var again = await Browser.SignInAsync(tenant, name);
            using var there = Browser.At(other.Http, cookies: Moved(again.Cookies, tenant.Service.Http, other.Http));
            var id = (await there.Client.Sessions.GetSessionAsync(new() { Id = "current" })).TeammateId;

            await end(id);

            await Expect.RefusedAsync(ErrorReason.SessionEnded, async () => await here.Client.Teammates.ListTeammatesAsync(new()));
            await Expect.RefusedAsync(ErrorReason.SessionEnded, async () => await there.Client.Teammates.ListTeammatesAsync(new()));
            Assert.Equal(told, (await tenant.LogAsync(id))[0].Summary);
        }
    }

    [Theory, Everywhere]
    public async Task an_unblocked_admin_signs_in_anew(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        using var browser = await Browser.SignInAsync(tenant, Ada);
        var id = (await browser.Client.Sessions.GetSessionAsync(new() { Id = "current" })).TeammateId;

        await tenant.Provider.Teammates.BlockTeammateAsync(new() { Id = id });
        await tenant.Provider.Teammates.UnblockTeammateAsync(new() { Id = id });

        await Expect.RefusedAsync(ErrorReason.SessionEnded, async () => await browser.Client.Teammates.ListTeammatesAsync(new()));
    }

    [Theory, Everywhere]
    public async Task what_an_ended_session_watches_ends(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        using var browser = await Browser.SignInAsync(tenant, Ada);
        var id = (await browser.Client.Sessions.GetSessionAsync(new() { Id = "current" })).TeammateId;
        using var watch = browser.Client.Log.WatchLogEntries(new());
        await tenant.Provider.Teammates.BlockTeammateAsync(new() { Id = id });
        await Task.Delay(TimeSpan.FromSeconds(1));
        await tenant.NewTeammateAsync("after@x");

        var refusal = await Assert.ThrowsAsync<ProvisioningException>(async () =>
        {
            while (await watch.ResponseStream.MoveNext(CancellationToken.None))
            {
                Assert.DoesNotContain("after@x", watch.ResponseStream.Current.ToString(), StringComparison.Ordinal);
            }
        });
        Assert.Equal(ErrorReason.SessionEnded, refusal.Reason);
    }

    [Theory, Everywhere]
    public async Task companies_never_see_each_others_admins(Setup setup)
    {
        var (mine, theirs) = (await setup.TenantAsync(), await setup.TenantAsync());
        using var me = await Browser.SignInAsync(mine, Ada);
        using var they = await Browser.SignInAsync(theirs, Ada);
        var theirSession = await they.Client.Sessions.GetSessionAsync(new() { Id = "current" });

        Assert.Equal([mine.Company.Id], (await me.Client.Sessions.ListSessionsAsync(new())).Sessions.Select(session => session.CompanyId));
        await Expect.RefusedAsync(
            ErrorReason.SessionNotFound, async () => await me.Client.Sessions.DeleteSessionAsync(new() { Id = theirSession.Id }));
        await Expect.RefusedAsync(
            ErrorReason.TeammateNotFound, async () => await me.Client.Teammates.GetTeammateAsync(new() { Id = theirSession.TeammateId }));
        await Expect.RefusedAsync(ErrorReason.ScopeMissing, async () => await me.Client.Companies.ListCompaniesAsync(new()));
    }

    [Theory, Everywhere]
    public async Task an_admin_signs_out_and_ends_others_sessions(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        using var ada = await Browser.SignInAsync(tenant, Ada);
        using var grace = await Browser.SignInAsync(tenant, "grace@acme.example");
        var hers = await grace.Client.Sessions.GetSessionAsync(new() { Id = "current" });

        await ada.Client.Sessions.DeleteSessionAsync(new() { Id = hers.Id });
        await Expect.RefusedAsync(ErrorReason.SessionEnded, async () => await grace.Client.Teammates.ListTeammatesAsync(new()));
        await ada.Client.Sessions.DeleteSessionAsync(new() { Id = "current" });

        await Expect.RefusedAsync(ErrorReason.SessionEnded, async () => await ada.Client.Teammates.ListTeammatesAsync(new()));
        Assert.Equal($"{Ada} ended a session of grace@acme.example", (await tenant.LogAsync(hers.TeammateId))[0].Summary);
    }

    [Theory, Everywhere]
    public async Task an_admin_may_appoint_admins_and_not_take_the_last_one(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        using var ada = await Browser.SignInAsync(tenant, Ada);
        var me = await ada.Client.Sessions.GetSessionAsync(new() { Id = "current" });
        await Expect.RefusedAsync(
            ErrorReason.LastCompanyAdmin, async () => await ada.Client.Teammates.BlockTeammateAsync(new() { Id = me.TeammateId }));
        await Expect.RefusedAsync(
            ErrorReason.LastCompanyAdmin, async () => await ada.Client.Teammates.DeleteTeammateAsync(new() { Id = me.TeammateId }));

        var grace = await ada.Client.Teammates.CreateTeammateAsync(
            new() { Teammate = new() { CompanyAdmin = true, Profile = new() { UserName = "grace@acme.example" } } });

        Assert.True(grace.CompanyAdmin);
        await ada.Client.Teammates.BlockTeammateAsync(new() { Id = me.TeammateId });
        await Expect.RefusedAsync(ErrorReason.SessionEnded, async () => await ada.Client.Teammates.ListTeammatesAsync(new()));
    }

    [Theory, Everywhere(OnlyPostgres = true)]
    public async Task sessions_and_links_run_out(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        using var browser = await Browser.SignInAsync(tenant, Ada);
        var link = await Browser.LinkAsync(tenant, Ada);
        await using var connection = new NpgsqlConnection(tenant.Service.Postgres);
        await connection.OpenAsync();
        async Task AgeAsync(string set)
        {
            await using var command = new NpgsqlCommand($"UPDATE {set} WHERE company_id = '{tenant.Company.Id}'", connection);
            Assert.Equal(1, await command.ExecuteNonQueryAsync());
        }

        await AgeAsync("sessions SET last_use_time = now() - interval '11 hours 59 minutes'");
        await browser.Client.Sessions.GetSessionAsync(new() { Id = "current" });
        await AgeAsync("sessions SET last_use_time = now() - interval '12 hours 1 minute'");
        await Expect.RefusedAsync(
            ErrorReason.SessionEnded, async () => await browser.Client.Sessions.GetSessionAsync(new() { Id = "current" }));
        await AgeAsync("sessions SET last_use_time = now(), expire_time = now() - interval '1 second'");
        await Expect.RefusedAsync(
            ErrorReason.SessionEnded, async () => await browser.Client.Sessions.GetSessionAsync(new() { Id = "current" }));
        await AgeAsync("sign_in_links SET expire_time = now() - interval '1 second'");
        await Expect.RefusedAsync(
            ErrorReason.SignInLinkInvalid, async () => await browser.Client.Sessions.CreateSessionAsync(new() { SignInSecret = link }));
    }

    /// <summary>The cookies of one address, as another process of the same service behind a balancer gets them.</summary>
    private static CookieContainer Moved(CookieContainer cookies, Uri from, Uri to)
    {
        var moved = new CookieContainer();
        moved.SetCookies(to, cookies.GetCookieHeader(from));
        return moved;
    }
}
