using EndToEnd.Harness;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;
using Provisioning.Client;
using Provisioning.V1;

namespace EndToEnd;

/// <summary>The same service over gRPC, gRPC-Web, JSON and SCIM.</summary>
public sealed class WireTests
{
    [Theory, Everywhere]
    public async Task json_creates_reads_updates_blocks_and_searches(Setup setup)
    {
        var tenant = await setup.TenantAsync();

        var ada = await tenant.JsonAsync(
            "POST", "/api/v1/teammates",
                """
                {"profile":{"userName":"ada@x","name":{"givenName":"Ada"},"x509Certificates":[{"value":"AA"}]}}
                """);
        Assert.Equal(200, (int)ada.Status);
        Assert.Equal("Ada",
            (await tenant.JsonAsync("GET", $"/api/v1/teammates/{ada["id"]}")).Json["profile"]!["name"]!["givenName"]!.GetValue<string>());
        var updated = await tenant.JsonAsync(
            "PATCH", $"/api/v1/teammates/{ada["id"]}?updateMask=profile.displayName", """{"profile":{"displayName":"Ada Byron"}}""");
        Assert.Equal("Ada Byron", updated.Json["profile"]!["displayName"]!.GetValue<string>());
        Assert.Equal("BLOCKED", (await tenant.JsonAsync("POST", $"/api/v1/teammates/{ada["id"]}:block", "{}"))["state"]);
        var searched = await tenant.JsonAsync(
            "POST", "/api/v1/teammates:search", """{"filter":"userName eq \"ADA@x\"","orderBy":"userName desc"}""");
        var listed = await tenant.JsonAsync("GET", "/api/v1/teammates?filter=userName%20eq%20%22ada@x%22&orderBy=userName");
        Assert.Equal(("1", "1"), (searched["totalSize"], listed["totalSize"]));
    }

    [Theory, Everywhere]
    public async Task json_errors_carry_their_details(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await tenant.NewTeammateAsync("ada@x");

        var taken = await tenant.JsonAsync("POST", "/api/v1/teammates", """{"profile":{"userName":"ADA@x"}}""");
        Assert.Equal(409, (int)taken.Status);
        Assert.Equal("USER_NAME_TAKEN", taken.Json["details"]![0]!["reason"]!.GetValue<string>());
        Assert.Equal("provisioning", taken.Json["details"]![0]!["domain"]!.GetValue<string>());
        var invalid = await tenant.JsonAsync("POST", "/api/v1/teammates", """{"profile":{}}""");
        Assert.Equal("userName", invalid.Json["details"]![1]!["fieldViolations"]![0]!["field"]!.GetValue<string>());
        var missing = await tenant.JsonAsync("GET", "/api/v1/teammates/tea_nobody");
        Assert.Equal((404, "TEAMMATE_NOT_FOUND"), ((int)missing.Status, missing.Json["details"]![0]!["reason"]!.GetValue<string>()));
        Assert.Equal(401, (int)(await tenant.JsonAsync("GET", "/api/v1/teammates", token: "wrong")).Status);
        Assert.Equal(400, (int)(await tenant.JsonAsync("POST", "/api/v1/teammates", """{"profile":""")).Status);
    }

    [Theory, Everywhere]
    public async Task raw_parts_of_a_profile_cannot_stand_in_for_what_has_a_field(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        foreach (var profile in (string[])[
            """{"extensionsJson":{"userName":"\"evil\""}}""", """{"extensionsJson":{"EMAILS":"[7]"}}""",
                """{"extensionsJson":{"id":"\"tea_x\""}}""",
            """{"extensionsJson":{"Active":"true"}}""", """{"extensionsJson":{"meta":"{}"}}""", """{"extensionsJson":{"":"1"}}""",
                """{"extensionsJson":{"x":"nope"}}""",
            """{"extensionsJson":{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":"7"}}""",
            """{"name":{"otherJson":{"givenName":"7"}}}""", """{"emails":[{"otherJson":{"value":"\"evil\""}}]}""",
                """{"emails":[{"otherJson":{"x":"nope"}}]}""",
            """{"rolesJson":"{}"}""", """{"rolesJson":"[[[]]]"}""", """{"rolesJson":"[7,null]"}""", """{"rolesJson":"[{\"value\":{}}]"}"""])
        {
            var refused = await tenant.JsonAsync("POST", "/api/v1/teammates", """{"profile":{"userName":"ada@x",""" + profile[1..] + "}");
            Assert.True(refused.Status == System.Net.HttpStatusCode.BadRequest, $"{profile} got {refused.Text}");
            Assert.Equal("INVALID_FIELD", refused.Json["details"]![0]!["reason"]!.GetValue<string>());
        }
    }

    [Theory, Everywhere]
    public async Task filters_and_orders_that_mean_nothing_are_refused(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        foreach (var filter in (string[])[
            "()", "title", "title eq", "emails[]", "not title pr", "shoeSize eq 1", "emails[value'); -- eq \"x\"]", "title eq \"x",
                "emails[emails[value pr]]",
            string.Join(" and ", Enumerable.Repeat("title eq \"x\"", 51)), string.Concat(Enumerable.Repeat("not (", 25)) + "title pr"
                + new string(')', 25)])
        {
            await Expect.RefusedAsync(
                ErrorReason.InvalidFilter, async () => await tenant.Person.Teammates.ListTeammatesAsync(new() { Filter = filter }));
        }

        foreach (var order in (string[])["userName sideways", "userName desc, title", "nothing", "emails[type eq \"work\"].value", "name"])
        {
            await Expect.RefusedAsync(
                ErrorReason.InvalidField, async () => await tenant.Person.Teammates.ListTeammatesAsync(new() { OrderBy = order }));
        }
    }

    [Theory, Everywhere]
    public async Task routes_that_are_not_there_are_told_in_json(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        foreach (var (method, path) in ((string, string)[])[("GET", "/api/v1/nothing"), ("POST", "/api/v1/teammates/tea_x:frob")])
        {
            var answer = await tenant.JsonAsync(method, path, method == "POST" ? "{}" : null);
            Assert.Equal((404, "UNKNOWN_METHOD"), ((int)answer.Status, answer.Json["details"]![0]!["reason"]!.GetValue<string>()));
        }
    }

    [Theory, Everywhere]
    public async Task grpc_web_calls_every_kind_of_rpc(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        using var web = ProvisioningClient.ConnectWeb(tenant.Service.Http, tenant.Service.OperatorToken, tenant.Company.Slug);

        var ada = await web.Teammates.CreateTeammateAsync(new() { Teammate = new() { Profile = new() { UserName = "ada@x" } } });
        Assert.Equal(ada.Id, (await web.Teammates.GetTeammateAsync(new() { Id = ada.Id })).Id);
        await Expect.RefusedAsync(ErrorReason.UserNameTaken,
            async () => await web.Teammates.CreateTeammateAsync(new() { Teammate = new() { Profile = new() { UserName = "ada@x" } } }));
        Assert.Empty((await web.Templates.ListTeammateTemplatesAsync(new())).TeammateTemplates);
        Assert.NotEmpty((await web.ApiTokens.ListApiTokensAsync(new())).ApiTokens);
        Assert.NotEmpty((await web.Connections.ListConnectionsAsync(new())).Connections);
        Assert.NotEmpty((await web.Companies.ListCompaniesAsync(new())).Companies);
        Assert.NotEmpty((await web.Log.ListLogEntriesAsync(new())).LogEntries);
        using var watch = web.Teammates.WatchChanges(new());
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        Assert.NotEqual("", watch.ResponseStream.Current.ResumeToken);
    }

    [Theory, Everywhere]
    public async Task health_and_reflection_answer_anybody(Setup setup)
    {
        var service = await Shared.ServiceAsync(setup);
        var calls = Global.Channel(service.Grpc);

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving,
            (await new Health.HealthClient(calls).CheckAsync(new HealthCheckRequest())).Status);
        using var reflection = new ServerReflection.ServerReflectionClient(calls).ServerReflectionInfo();
        await reflection.RequestStream.WriteAsync(new() { ListServices = "" });
        Assert.True(await reflection.ResponseStream.MoveNext(CancellationToken.None));
        var names = reflection.ResponseStream.Current.ListServicesResponse.Service.Select(each => each.Name).ToList();
        Assert.Contains("provisioning.v1.TeammateProvisioning", names);
        Assert.Contains("provisioning.v1.ProvisioningLog", names);
    }

    [Theory, Everywhere]
    public async Task the_log_is_watched_live(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        using var watch = tenant.Person.Log.WatchLogEntries(new());
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Null(watch.ResponseStream.Current.LogEntry);

        var ada = await tenant.NewTeammateAsync();

        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(ada.Id, watch.ResponseStream.Current.LogEntry?.ResourceId);
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task a_watch_of_the_log_goes_on_where_it_was_lost(Setup setup)
    {
        var (tenant, other) = (await setup.TenantAsync(), await setup.TenantAsync());
        string resume;
        using (var watch = tenant.Person.Log.WatchLogEntries(new()))
        {
            Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
            resume = watch.ResponseStream.Current.ResumeToken;
        }

        var missed = await tenant.NewTeammatesAsync(3, "missed");
        using var resumed = tenant.Person.Log.WatchLogEntries(new() { ResumeToken = resume });
        var told = new List<string>();
        while (!missed.All(told.Contains))
        {
            Assert.True(await resumed.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20)));
            told.AddRange(resumed.ResponseStream.Current.LogEntry is { } entry ? [entry.ResourceId] : []);
        }

        Assert.Equal(told.Count, told.Distinct().Count());
        foreach (var (client, token) in new[] { (tenant.Person, "x"), (other.Person, resume) })
        {
            using var refused = client.Log.WatchLogEntries(new() { ResumeToken = token });
            await Expect.RefusedAsync(
                ErrorReason.InvalidResumeToken, () => refused.ResponseStream.MoveNext(CancellationToken.None));
        }
    }

    [Theory, Everywhere]
    public async Task a_call_whose_deadline_is_past_does_nothing(Setup setup)
    {
        var tenant = await setup.TenantAsync();

        var late = await Assert.ThrowsAsync<ProvisioningException>(async () => await tenant.Person.Teammates.CreateTeammateAsync(
            new() { Teammate = new() { Profile = new() { UserName = "late@x" } } }, deadline: DateTime.UtcNow.AddSeconds(-1)));

        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
        Assert.Equal(0, (await tenant.Person.Teammates.ListTeammatesAsync(new())).TotalSize);
    }

    [Theory, Everywhere]
    public async Task too_much_is_refused_in_scims_form(Setup setup)
    {
        var tenant = await setup.TenantAsync();

        var large = await tenant.ScimAsync("POST", "/Users", $$"""{"userName":"a","title":"{{new string('x', 1_100_000)}}"}""");
        Assert.Equal((413, "413"), ((int)large.Status, large["status"]));
        var deep = await tenant.ScimAsync(
            "POST", "/Users", $$"""{"userName":"a","x":{{new string('[', 1_000)}}{{new string(']', 1_000)}}}""");
        Assert.Equal((400, "invalidSyntax"), ((int)deep.Status, deep["scimType"]));
        var wide = await tenant.ScimAsync("POST", "/Users", $$"""{"userName":"a","title":"{{new string('x', 300_000)}}"}""");
        Assert.Equal((400, "invalidValue"), ((int)wide.Status, wide["scimType"]));
        var filter = await tenant.ScimAsync("GET", "/Users?filter=" + new string('(', 3_000));
        Assert.Equal((400, "invalidFilter"), ((int)filter.Status, filter["scimType"]));
        var type = await Tenant.SendAsync(new Uri(tenant.Service.Scim, "/v2/Users"), "POST", "x", "Bearer " + tenant.Token, "text/plain");
        Assert.Equal((415, "415"), ((int)type.Status, type["status"]));
    }
}
