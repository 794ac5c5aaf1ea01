using EndToEnd.Harness;
using Provisioning.V1;

namespace EndToEnd;

/// <summary>What the JSON API says to requests that mean nothing: one reason, and the field's name.</summary>
public sealed class JsonApiTests
{
    public static IEnumerable<TheoryDataRow<string, string, string?, int, string, string>> Wrong() =>
    [
        new("POST", "/api/v1/teammates", """{"profile":{"userNme":"x@x"}}""", 400, "INVALID_FIELD", "profile.userNme"),
        new("POST", "/api/v1/teammates", """{"profile":{"userName":7}}""", 400, "INVALID_FIELD", "profile.userName"),
        new("POST", "/api/v1/teammates", """{"profile":""", 400, "INVALID_FIELD", ""),
        new("POST", "/api/v1/teammates", null, 400, "INVALID_FIELD", ""),
        new("POST", "/api/v1/teammates", """{"profile":{"userName":"x\u0000@x"}}""", 400, "INVALID_FIELD", "user_name"),
        new("POST", "/api/v1/teammates", """{"profile":{"userName":"x@x","roles":[{"value":"\u0000"}]}}""", 400, "INVALID_FIELD",
            "roles[0].value"),
        new("POST", "/api/v1/teammates", """{"profileJson":"{\"userName\":\"x@x\",\"name\":{\"givenName\":\"\\u0000\"}}"}""", 400,
            "INVALID_FIELD", "name.givenName"),
        new("POST", "/api/v1/teammates", """{"profileJson":"{\"userName\":7}"}""", 400, "INVALID_FIELD", "userName"),
        new("POST", "/api/v1/teammates", """{"profileJson":"[]"}""", 400, "INVALID_FIELD", "profile_json"),
        new("POST", "/api/v1/teammates", """{"profileJson":"{}","profile":{"userName":"x@x"}}""", 400, "INVALID_FIELD", "profile"),
        new("GET", "/api/v1/teammates?filtr=x", null, 400, "INVALID_FIELD", "filtr"),
        new("GET", "/api/v1/teammates?pageSize=many", null, 400, "INVALID_FIELD", "pageSize"),
        new("GET", "/api/v1/logEntries?startTime=yesterday", null, 400, "INVALID_FIELD", "startTime"),
        new("POST", "/api/v1/apiTokens", """{"name":"x","scopes":["everything"]}""", 400, "INVALID_FIELD", "scopes"),
        new("DELETE", "/api/v1/teammates", null, 405, "UNKNOWN_METHOD", ""),
    ];

    [Theory, MemberData(nameof(Wrong))]
    public async Task what_means_nothing_is_refused_for_one_reason_that_names_the_field(
        string method, string path, string? body, int status, string reason, string field)
    {
        var tenant = await Setup.SqliteOneProcess.TenantAsync();

        var token = await tenant.NewTokenAsync("scripts", Scope.TeammatesRead, Scope.TeammatesWrite, Scope.TokensAdmin, Scope.LogRead);

        var answer = await tenant.JsonAsync(method, path, body, token.Value);
        var details = answer.Json["details"]!.AsArray();

        Assert.True((status, reason) == (
            (int)answer.Status, Assert.Single(details, detail => detail!["reason"] is not null)!["reason"]!.GetValue<string>()),
                answer.Text);
        Assert.Contains(field, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_wrong_method_is_told_which_are_right()
    {
        var tenant = await Setup.SqliteOneProcess.TenantAsync();

        var answer = await tenant.JsonAsync("DELETE", "/api/v1/teammates");

        Assert.Equal(["GET", "POST"], answer.ContentHeaders.Allow.Order());
    }

    [Theory, Everywhere]
    public async Task block_needs_no_body_and_numbers_of_64_bits_are_texts(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ada = await tenant.NewTeammateAsync("ada@x");

        var blocked = await tenant.JsonAsync("POST", $"/api/v1/teammates/{ada.Id}:block");

        Assert.Equal((200, "BLOCKED", "2"), ((int)blocked.Status, blocked["state"], blocked.Json["version"]!.GetValue<string>()));
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task a_state_that_would_be_passed_over_is_refused(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ada = await tenant.NewTeammateAsync("ada@x");

        var created = await tenant.JsonAsync("POST", "/api/v1/teammates", """{"profile":{"userName":"bob@x"},"state":"BLOCKED"}""");
        var updated = await tenant.JsonAsync("PATCH", $"/api/v1/teammates/{ada.Id}", """{"state":"BLOCKED"}""");
        var same = await tenant.JsonAsync("PATCH", $"/api/v1/teammates/{ada.Id}", """{"state":"ACTIVE","profile":{"title":"T"}}""");

        Assert.Equal((400, 400, 200), ((int)created.Status, (int)updated.Status, (int)same.Status));
        Assert.Contains("teammate.state", updated.Text, StringComparison.Ordinal);
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task a_teammate_is_modified_by_steps(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ada = await tenant.NewTeammateAsync("ada@x");

        var modified = await tenant.JsonAsync("POST", $"/api/v1/teammates/{ada.Id}:modify",
            """{"steps":[{"op":"REPLACE","path":"title","valueJson":"\"Lead\""},{"op":"REPLACE","path":"active","valueJson":"false"}]}""");
        var refused = await tenant.JsonAsync(
            "POST", $"/api/v1/teammates/{ada.Id}:modify",
                """{"steps":[{"op":"REPLACE","path":"titel.x","valueJson":"1"},{"op":"REMOVE","path":"meta"}]}""");

        Assert.Equal((200, "BLOCKED", "Lead", "2"),
            ((int)modified.Status, modified["state"], modified.Json["profile"]!["title"]!.GetValue<string>(),
                modified.Json["version"]!.GetValue<string>()));
        Assert.Equal(400, (int)refused.Status);
        Assert.Contains("ATTRIBUTE_NOT_MUTABLE", refused.Text, StringComparison.Ordinal);
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task ids_inside_a_body_that_are_nobody_are_invalid_and_named(Setup setup)
    {
        var tenant = await setup.TenantAsync();

        var refusal = await Expect.RefusedAsync(ErrorReason.InvalidField,
            async () => await tenant.Operated.Groups.CreateTeammateGroupAsync(
                new() { TeammateGroup = new() { DisplayName = "g" }, MemberIds = { "tea_nobody" } }));

        Assert.Contains("tea_nobody", refusal.Message, StringComparison.Ordinal);
    }
}
