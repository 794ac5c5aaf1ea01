using EndToEnd.Harness;
using Provisioning.V1;

namespace EndToEnd;

public sealed class WriteTests
{
    [Theory, Everywhere(OnlyEngines = true)]
    public async Task a_profile_is_written_as_json_in_any_letter_case(Setup setup)
    {
        var tenant = await setup.TenantAsync();

        var made = await tenant.Person.Teammates.CreateTeammateAsync(new()
        {
            Teammate = new()
            {
                ProfileJson =
                    """
                    {"TITLE":"Agent","username":"ada@x","x":[1.50],"Name":{"givenname":"Ada","middleName":""},"roles":["a",{"value":"b"}]}
                    """,
            },
            Form = TeammateForm.Scim,
        });

        Assert.Equal(
            """{"userName":"ada@x","name":{"givenName":"Ada"},"title":"Agent","roles":["a",{"value":"b"}],"x":[1.50]}""", made.ProfileJson);
        var read = (await tenant.Person.Teammates.GetTeammateAsync(new() { Id = made.Id })).Profile;
        Assert.Equal(("ada@x", "Ada", "Agent"), (read.UserName, read.Name.GivenName, read.Title));
        Assert.Equal(["a", "b"], read.Roles.Select(role => role.Value));
        Assert.Equal("[1.50]", read.ExtensionsJson["x"]);
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task a_field_that_is_updated_leaves_the_roles_as_they_came(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ada = await tenant.NewTeammateAsync(roles: """["a",{"value":"b","display":7}]""");

        var updated = await tenant.Person.Teammates.UpdateTeammateAsync(new()
        {
            Teammate = new() { Id = ada.Id, Profile = new() { Title = "Countess" } },
            UpdateMask = new() { Paths = { "profile.title" } },
            Form = TeammateForm.Scim,
        });

        Assert.Equal(
            """{"userName":"ada@corp.example","title":"Countess","roles":["a",{"value":"b","display":7}]}""", updated.ProfileJson);
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task what_was_read_in_fields_is_written_back_whatever_its_roles_hold(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ada = await tenant.NewTeammateAsync(roles: """[{"value":"b","display":7,"type":null},{"Value":"c","PRIMARY":true}]""");
        Assert.Equal(("c", true), (ada.Profile.Roles[1].Value, ada.Profile.Roles[1].Primary));

        var updated = await tenant.Person.Teammates.UpdateTeammateAsync(new()
        {
            Teammate = new() { Id = ada.Id, Profile = ada.Profile },
            UpdateMask = new() { Paths = { "profile" } },
        });

        Assert.Equal((ada.Profile, 1), (updated.Profile, updated.Version));
    }

    [Theory]
    [InlineData("""{"userName":"a@x","USERNAME":"b@x"}""", "USERNAME")]
    [InlineData("""{"userName":"a@x","name":{"givenName":"A","GIVENNAME":"B"}}""", "name.GIVENNAME")]
    [InlineData("""{"userName":"a@x","roles":["a",{"value":"b","Value":"c"}]}""", "roles[1].Value")]
    [InlineData("""{"userName":"a@x","emails":["a@x"]}""", "emails[0]")]
    [InlineData("""{"userName":"a@x","userName":"a@x"}""", "profile_json")]
    [InlineData("not JSON", "profile_json")]
    public async Task a_profile_in_json_that_cannot_be_understood_is_refused_by_the_attributes_name(string profile, string attribute)
    {
        var tenant = await Setup.SqliteOneProcess.TenantAsync();

        var refusal = await Expect.RefusedAsync(ErrorReason.InvalidField, async () =>
            await tenant.Person.Teammates.CreateTeammateAsync(new() { Teammate = new() { ProfileJson = profile } }));

        Assert.StartsWith(attribute + " ", refusal.Message, StringComparison.Ordinal);
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task a_profile_in_json_moves_whole(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ada = await tenant.NewTeammateAsync(roles: """["a"]""");
        var request = new UpdateTeammateRequest
        {
            Teammate = new() { Id = ada.Id, ProfileJson = """{"userName":"ada@x"}""" },
            Form = TeammateForm.Scim,
        };

        Assert.Equal("""{"userName":"ada@x"}""", (await tenant.Person.Teammates.UpdateTeammateAsync(request)).ProfileJson);
        request.UpdateMask = new() { Paths = { "profile.title" } };
        await Expect.RefusedAsync(
            ErrorReason.InvalidField, async () => await tenant.Person.Teammates.UpdateTeammateAsync(request));
    }

    [Theory, Everywhere]
    public async Task the_same_request_id_gets_the_first_reply_again(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var request = new CreateTeammateRequest
        {
            Teammate = new() { Profile = new() { UserName = "ada@x" } },
            RequestId = Guid.NewGuid()
            .ToString()
        };

        var first = await tenant.Person.Teammates.CreateTeammateAsync(request);
        var second = await tenant.Person.Teammates.CreateTeammateAsync(request);

        Assert.Equal(first, second);
        Assert.Equal(1, (await tenant.Person.Teammates.ListTeammatesAsync(new())).TotalSize);
        request.Teammate.Profile.UserName = "bob@x";
        await Expect.RefusedAsync(ErrorReason.RequestIdReused, async () => await tenant.Person.Teammates.CreateTeammateAsync(request));
        request.RequestId = "7";
        await Expect.RefusedAsync(ErrorReason.InvalidField, async () => await tenant.Person.Teammates.CreateTeammateAsync(request));
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task parallel_requests_with_one_request_id_make_one_teammate(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var request = new CreateTeammateRequest
        {
            Teammate = new() { Profile = new() { UserName = "ada@x" } },
            RequestId = Guid.NewGuid()
            .ToString()
        };

        var replies = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(async _ => await tenant.Person.Teammates.CreateTeammateAsync(request)));

        Assert.Single(replies.Select(reply => reply.Id).Distinct());
    }

    [Theory, Everywhere]
    public async Task validating_answers_as_the_call_would_and_writes_nothing(Setup setup)
    {
        var tenant = await setup.TenantAsync(seats: 1);
        await tenant.NewTemplateAsync("Support agent");
        var request = new CreateTeammateRequest
        {
            Teammate =
            new() { Profile = new() { UserName = "ada@x", Roles = { new MultiValue { Value = "support agent" } } } },
            ValidateOnly = true
        };

        var preview = await tenant.Person.Teammates.CreateTeammateAsync(request);

        Assert.Equal("Support agent", preview.TemplateAssignment.TemplateName);
        Assert.Equal(0, (await tenant.Person.Teammates.ListTeammatesAsync(new())).TotalSize);
        var ada = await tenant.NewTeammateAsync("ada@x");
        var blocked = await tenant.Person.Teammates.BlockTeammateAsync(new() { Id = ada.Id, ValidateOnly = true });
        Assert.Equal(Teammate.Types.State.Blocked, blocked.State);
        Assert.Equal(ada.Version, (await tenant.Person.Teammates.GetTeammateAsync(new() { Id = ada.Id })).Version);
        await Expect.RefusedAsync(ErrorReason.UserNameTaken, async () => await tenant.Person.Teammates.CreateTeammateAsync(request));
    }

    [Theory, Everywhere]
    public async Task an_update_moves_the_masked_fields_and_nothing_else(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ada = await tenant.Operated.Teammates.CreateTeammateAsync(new()
        {
            Teammate = new()
            {
                Profile = new()
                {
                    UserName = "ada@x",
                    Title = "Countess",
                    NickName = "A",
                    Name =
                new() { GivenName = "Ada", FamilyName = "Byron" }
                }
            },
        });

        var updated = await tenant.Person.Teammates.UpdateTeammateAsync(new()
        {
            Teammate = new()
            {
                Id = ada.Id,
                Etag = ada.Etag,
                Profile =
                new() { UserName = "ignored@x", Name = new() { FamilyName = "King" } }
            },
            UpdateMask = new() { Paths = { "profile.name.family_name", "profile.title" } },
        });

        Assert.Equal(("ada@x", "", "A", "Ada", "King"),
            (updated.Profile.UserName, updated.Profile.Title, updated.Profile.NickName, updated.Profile.Name.GivenName,
                updated.Profile.Name.FamilyName));
        await Expect.RefusedAsync(ErrorReason.EtagMismatch,
            async () => await tenant.Person.Teammates.UpdateTeammateAsync(
                new() { Teammate = new() { Id = ada.Id, Etag = ada.Etag, Profile = new() { Title = "x" } } }));
        await Expect.RefusedAsync(ErrorReason.InvalidField, async () => await tenant.Person.Teammates.UpdateTeammateAsync(new()
        {
            Teammate = new() { Id = ada.Id },
            UpdateMask = new() { Paths = { "state" } },
        }));
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task a_field_named_beside_its_whole_message_is_set_with_it(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var id = (await tenant.NewTeammateAsync()).Id;

        var updated = await tenant.Person.Teammates.UpdateTeammateAsync(new()
        {
            Teammate = new() { Id = id, Profile = new() { UserName = "ada@x", Title = "Countess" } },
            UpdateMask = new() { Paths = { "profile", "profile.title" } },
        });

        Assert.Equal(("ada@x", "Countess"), (updated.Profile.UserName, updated.Profile.Title));
    }

    /// <summary>Callers who send no condition lose nothing to each other, and none is told to read again.</summary>
    [Theory, Everywhere]
    public async Task forty_callers_change_one_teammate_and_nothing_is_lost(Setup setup)
    {
        const int Callers = 40;
        var tenant = await setup.TenantAsync();
        var ada = await tenant.NewTeammateAsync("ada@x");

        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => tenant.ScimAsync("PATCH", $"/Users/{ada.Id}",
            $$"""
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"emails",
             "value":[{"value":"ada{{caller}}@x"}]}]}
            """)));

        Assert.All(answers, answer => Assert.Equal(200, (int)answer.Status));
        var after = await tenant.Person.Teammates.GetTeammateAsync(new() { Id = ada.Id });
        Assert.Equal(
            (Callers, ada.Version + Callers), (after.Profile.Emails.Select(email => email.Value).Distinct().Count(), after.Version));
    }

    [Theory, Everywhere]
    public async Task an_update_that_changes_nothing_moves_no_version(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ada = await tenant.ScimAsync(
            "POST", "/Users", """{"userName":"ada@x","urn:x:b":{"n":1.50},"urn:x:a":{"z":[1,{"k":null}]},"roles":["Agent"]}""");

        var put = await tenant.ScimAsync("PUT", $"/Users/{ada["id"]}", ada.Text);

        Assert.Equal(200, (int)put.Status);
        Assert.Equal(ada.Text, put.Text);
    }

    [Theory, Everywhere]
    public async Task names_are_unique_and_found_in_any_letter_case_beyond_ascii(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        foreach (var (name, other) in ((string, string)[])[
            ("zoë@x", "ZOË@x"), ("ΣΊΣΥΦΟΣ", "σίσυφος"), ("e\u0301@x", "É@x"), ("𐐨@x", "𐐀@x")])
        {
            Assert.Equal(201, (int)(await tenant.ScimAsync("POST", "/Users", $$"""{"userName":"{{name}}"}""")).Status);
            Assert.Equal(409, (int)(await tenant.ScimAsync("POST", "/Users", $$"""{"userName":"{{other}}"}""")).Status);
            var found = await tenant.ScimAsync("GET", $"/Users?filter=userName%20eq%20%22{Uri.EscapeDataString(other)}%22");
            Assert.Equal("1", found["totalResults"]);
            Assert.Equal(name, found.Json["Resources"]![0]!["userName"]!.GetValue<string>());
        }
    }

    [Theory, Everywhere]
    public async Task what_no_engine_can_hold_is_refused_and_what_both_can_comes_back(Setup setup)
    {
        var tenant = await setup.TenantAsync();

        foreach (var bad in (string[])[
            """{"userName":"a\u0000b"}""", """{"userName":"a\ud800"}""", """{"userName":"a","x":{"y":["\u0000"]}}""",
                """{"userName":"  "}""", """{}"""])
        {
            var refused = await tenant.ScimAsync("POST", "/Users", bad);
            Assert.Equal(400, (int)refused.Status);
        }

        var odd = await tenant.ScimAsync(
            "POST", "/Users",
                """
                {"userName":"a","x":1e400000,"y":[-0.0,12345678901234567890123456789],"title":"'; DROP TABLE teammates; --"}
                """);
        Assert.Equal(201, (int)odd.Status);
        Assert.Equal("1e400000", odd.Json["x"]!.ToJsonString());
        Assert.Equal("[-0.0,12345678901234567890123456789]", odd.Json["y"]!.ToJsonString());
        Assert.Equal("1",
            (await tenant.ScimAsync("GET", "/Users?filter=" + Uri.EscapeDataString("title eq \"'; drop table teammates; --\"")))[
                "totalResults"]);
    }

    [Theory, Everywhere]
    public async Task refusals_are_logged_and_repeated_ones_counted(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await tenant.NewTeammateAsync("ada@x");

        for (var time = 0; time < 3; time++)
        {
            await tenant.ScimAsync("POST", "/Users", """{"userName":"ada@x"}""");
            await tenant.ScimAsync("POST", "/Users", """{"userName":""");
        }

        var refusals = (await tenant.LogAsync()).Where(entry => entry.Outcome == LogEntry.Types.Outcome.Refused).ToList();
        Assert.Equal([("CreateTeammate", ErrorReason.UserNameTaken, 3L), ("POST /v2/Users", ErrorReason.InvalidField, 3L)],
            refusals.Select(entry => (entry.Method, entry.Reason, entry.Count)).Order());
    }

    [Theory, Everywhere]
    public async Task passwords_are_nowhere(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ada = await tenant.ScimAsync(
            "POST", "/Users",
                """
                {"userName":"ada@x","password":"k3y-R4nd0m","urn:ietf:params:scim:schemas:core:2.0:User":{"password":"k3y-R4nd0m"}}
                """);
        await tenant.ScimAsync("PATCH", $"/Users/{ada["id"]}",
            """{"Operations":[{"op":"replace","value":{"password":"k3y-R4nd0m"}},{"op":"add","path":"password","value":"k3y-R4nd0m"}]}""");
        var put = await tenant.ScimAsync("PUT", $"/Users/{ada["id"]}", """{"userName":"ada@x","password":"k3y-R4nd0m","title":"x"}""");

        var everything = put.Text + string.Concat(await tenant.LogAsync()) + tenant.Service.Core.Output;
        Assert.DoesNotContain("k3y-R4nd0m", everything, StringComparison.Ordinal);
    }

    [Theory, Everywhere]
    public async Task pages_walk_every_teammate_once_and_their_tokens_fit_only_their_list(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        for (var number = 0; number < 7; number++)
        {
            await tenant.NewTeammateAsync($"u{number}@x");
        }

        var walked = new List<string>();
        await foreach (var teammate in tenant.Person.ListTeammatesAsync(pageSize: 3))
        {
            walked.Add(teammate.Profile.UserName);
        }

        Assert.Equal(Enumerable.Range(0, 7).Select(number => $"u{number}@x"), walked);
        var page = await tenant.Person.Teammates.ListTeammatesAsync(new() { PageSize = 3, Skip = 2 });
        Assert.Equal((7, "u2@x"), (page.TotalSize, page.Teammates[0].Profile.UserName));
        var other = await setup.TenantAsync();
        await Expect.RefusedAsync(ErrorReason.InvalidPageToken,
            async () => await other.Person.Teammates.ListTeammatesAsync(new() { PageToken = page.NextPageToken }));
        await Expect.RefusedAsync(ErrorReason.InvalidPageToken,
            async () => await tenant.Person.Teammates.ListTeammatesAsync(
                new() { PageToken = page.NextPageToken, Filter = "title eq \"x\"" }));
        await Expect.RefusedAsync(
            ErrorReason.InvalidField, async () => await tenant.Person.Teammates.ListTeammatesAsync(new() { PageSize = -1 }));
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task a_scim_write_leaves_out_what_it_is_asked_to(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ada = await tenant.NewTeammateAsync();
        await tenant.NewGroupAsync("Support", ada.Id);
        const string Block = """{"Operations":[{"op":"replace","value":{"active":false}}]}""";

        Assert.Contains("\"groups\"", (await tenant.ScimAsync("PATCH", $"/Users/{ada.Id}", Block)).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"groups\"", (await tenant.ScimAsync("PATCH", $"/Users/{ada.Id}?excludedAttributes=groups", Block)).Text,
            StringComparison.Ordinal);
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task what_nests_as_deep_as_it_may_is_shown_over_scim(Setup setup)
    {
        const int Deepest = 32;
        var tenant = await setup.TenantAsync();
        var deep = new string('[', Deepest) + new string(']', Deepest);
        var ada = await tenant.Person.Teammates.CreateTeammateAsync(new()
        {
            Teammate = new()
            {
                Profile = new()
                {
                    UserName = "ada@x",
                    Emails =
                { new MultiValue { Value = "ada@x", OtherJson = { ["deep"] = deep } } }
                }
            },
        });

        foreach (var path in (string[])[$"/Users/{ada.Id}", $"/Users/{ada.Id}?excludedAttributes=title", "/Users"])
        {
            Assert.Contains(deep, (await tenant.ScimAsync("GET", path)).Text, StringComparison.Ordinal);
        }
    }
}
