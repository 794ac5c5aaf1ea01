using EndToEnd.Harness;
using Provisioning.Client;
using Provisioning.V1;
using Result = Provisioning.V1.BatchCreateTeammatesResponse.Types.Result;
using State = Provisioning.V1.Teammate.Types.State;

namespace EndToEnd;

/// <summary>Several teammates are made in one transaction, each as it would be alone.</summary>
public sealed class BatchTests
{
    [Theory, Everywhere]
    public async Task each_gets_its_own_answer_in_order(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await tenant.NewTemplateAsync("Support agent");
        _ = await tenant.NewTeammateAsync("taken@x");

        var results = await CreateAsync(
            tenant, New("ada@x", """["support AGENT"]"""), New("TAKEN@x"), New("ada@X"), New(""), New("bob@x", state: State.Blocked));

        Assert.Equal(["ada@x", "UserNameTaken", "UserNameTaken", "InvalidField", "bob@x"], results.Select(Told));
        Assert.Equal("Support agent", results[0].Teammate.TemplateAssignment.TemplateName);
        Assert.Equal(State.Blocked, results[4].Teammate.State);
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task several_are_read_in_the_order_of_their_ids(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ids = await tenant.NewTeammatesAsync(3);
        await tenant.NewGroupAsync("Support", ids[1]);
        string[] asked = [ids[2], ids[0], ids[1], ids[2]];

        var read = (await tenant.Person.Teammates.BatchGetTeammatesAsync(new() { Ids = { asked } })).Teammates;

        Assert.Equal(asked, read.Select(teammate => teammate.Id));
        Assert.Equal(await tenant.Person.Teammates.GetTeammateAsync(new() { Id = ids[1] }), read[2]);
        var query = string.Join('&', asked.Select(id => $"ids={id}"));
        var answer = (await tenant.JsonAsync("GET", $"/api/v1/teammates:batchGet?{query}")).Json["teammates"]!.AsArray();
        Assert.Equal(asked, answer.Select(teammate => teammate!["id"]!.GetValue<string>()));
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task a_character_that_cannot_be_stored_refuses_the_request_that_holds_it_alone(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var (inRoles, inName, inId) = (New("ada@x"), New("ada@x"), New("ada@x"));
        inRoles.Teammate.ProfileJson = """{"userName":"a","roles":[{"value":"x"},"\u0000"]}""";
        inName.Teammate.ProfileJson = $$"""{"userName":"a\u0000","{{new string('x', 5_000)}}":"\ud800"}""";
        inId.Teammate.ExternalId = "\0";

        var results = await CreateAsync(tenant, New("bob@x"), inRoles, inName, inId, New("eve@x"));

        Assert.Equal(["bob@x", "InvalidField", "InvalidField", "InvalidField", "eve@x"], results.Select(Told));
        Assert.StartsWith("roles holds a character", results[1].Refusal.Message, StringComparison.Ordinal);
        Assert.StartsWith("userName holds a character", results[2].Refusal.Message, StringComparison.Ordinal);
        Assert.StartsWith("teammate.external_id holds a character", results[3].Refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_refusal_of_a_character_stays_short_however_long_the_attributes_name_is()
    {
        var tenant = await Setup.SqliteOneProcess.TenantAsync();
        var wrong = New("ada@x");
        wrong.Teammate.ProfileJson = $$"""{"userName":"a","{{new string('x', 5_000)}}":"\u0000"}""";

        var refusal = await Expect.RefusedAsync(
            ErrorReason.InvalidField, async () => await tenant.Person.Teammates.CreateTeammateAsync(wrong));

        Assert.InRange(refusal.Message.Length, 1, 300);
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task several_are_read_all_or_none(Setup setup)
    {
        var (tenant, other) = (await setup.TenantAsync(), await setup.TenantAsync());
        var (mine, theirs) = ((await tenant.NewTeammateAsync()).Id, (await other.NewTeammateAsync()).Id);

        foreach (var missing in (string[])[theirs, "tea_gone", ""])
        {
            await Expect.RefusedAsync(ErrorReason.TeammateNotFound, async () =>
                await tenant.Person.Teammates.BatchGetTeammatesAsync(new() { Ids = { mine, missing } }));
        }

        Assert.Empty((await tenant.Person.Teammates.BatchGetTeammatesAsync(new())).Teammates);
        await Expect.RefusedAsync(ErrorReason.InvalidField, async () =>
            await tenant.Person.Teammates.BatchGetTeammatesAsync(new() { Ids = { Enumerable.Repeat(mine, 1001) } }));
    }

    [Theory, Everywhere]
    public async Task what_was_made_is_there_as_if_made_alone(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await tenant.NewTemplateAsync("Support agent");
        var alone = await tenant.Provider.Teammates.CreateTeammateAsync(New("ada@x", """["support agent"]"""));

        var result = (await CreateAsync(tenant, New("bob@x", """["support agent"]"""), New("eve@x")))[0].Teammate;

        var bob = await tenant.Provider.Teammates.GetTeammateAsync(new() { Id = result.Id });
        Assert.Equal(bob, result);
        Assert.Equal(alone.TemplateAssignment.TemplateId, bob.TemplateAssignment.TemplateId);
        Assert.Equal(3, (await tenant.Person.Teammates.ListTeammatesAsync(new())).TotalSize);
        Assert.Equal(
            [bob.Id], (await tenant.Person.Teammates.SearchTeammatesAsync(new() { Query = "bob" })).Teammates.Select(each => each.Id));
        Assert.Equal(
            (await tenant.LogAsync(alone.Id)).Single().Differences.Count, (await tenant.LogAsync(bob.Id)).Single().Differences.Count);
    }

    [Theory, Everywhere]
    public async Task what_is_refused_is_told_in_the_log(Setup setup)
    {
        var tenant = await setup.TenantAsync();

        _ = await CreateAsync(tenant, New("ada@x"), New("ada@x"));

        Assert.Contains(
            await tenant.LogAsync(), entry => entry is { Outcome: LogEntry.Types.Outcome.Refused, Reason: ErrorReason.UserNameTaken });
    }

    [Theory, Everywhere]
    public async Task it_stops_after_as_many_refusals_as_are_allowed(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var request = new BatchCreateTeammatesRequest { Requests = { New("ada@x"), New("ada@x"), New("bob@x") }, MaxRefusals = 1 };

        var results = (await tenant.Person.Teammates.BatchCreateTeammatesAsync(request)).Results;

        Assert.Equal(["ada@x", "UserNameTaken"], results.Select(Told));
        Assert.Equal(1, (await tenant.Person.Teammates.ListTeammatesAsync(new())).TotalSize);
    }

    [Theory, Everywhere]
    public async Task it_takes_the_seats_that_are_left_and_no_more(Setup setup)
    {
        var tenant = await setup.TenantAsync(seats: 2);

        var results = await CreateAsync(tenant, New("a@x"), New("blocked@x", state: State.Blocked), New("b@x"), New("c@x"));

        Assert.Equal(["a@x", "blocked@x", "b@x", "SeatLimitReached"], results.Select(Told));
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task a_name_that_got_no_seat_is_free(Setup setup)
    {
        var tenant = await setup.TenantAsync(seats: 1);

        var results = await CreateAsync(tenant, New("a@x"), New("b@x"), New("b@x"), New("b@x", state: State.Blocked));

        Assert.Equal(["a@x", "SeatLimitReached", "SeatLimitReached", "b@x"], results.Select(Told));
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task batches_whose_templates_give_the_same_groups_do_not_wait_for_each_other_for_ever(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        string[] groups = [await NewGroupAsync(tenant, "One"), await NewGroupAsync(tenant, "Two")];
        foreach (var (index, group) in groups.Index())
        {
            await tenant.NewTemplateAsync($"role{index}", new() { TeammateGroupIds = { group } });
        }

        var batches = await Task.WhenAll(Enumerable.Range(0, 8).Select(turn => CreateAsync(tenant,
            [.. Enumerable.Range(0, 10).Select(number => New($"user{turn}-{number}@x", $"""["role{(turn + number) % 2}"]"""))])));

        Assert.All(batches.SelectMany(results => results), result => Assert.Single(result.Teammate.Groups));
        Assert.Equal(80, (await tenant.MembersAsync(groups[0])).Count + (await tenant.MembersAsync(groups[1])).Count);
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task batches_of_the_same_names_at_once_make_each_once(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var names = Enumerable.Range(0, 40).Select(number => $"user{number}@x").ToList();

        var batches = await Task.WhenAll(Enumerable.Range(0, 6).Select(turn =>
            CreateAsync(tenant, [.. (turn % 2 == 0 ? names : Enumerable.Reverse(names)).Select(name => New(name))])));

        Assert.Equal(
            names.Order(), batches.SelectMany(results => results).Where(result => result.Teammate is not null).Select(Told).Order());
        Assert.Equal(40, (await tenant.Person.Teammates.ListTeammatesAsync(new())).TotalSize);
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task the_same_request_id_gets_the_first_reply_again(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var request = new BatchCreateTeammatesRequest { Requests = { New("ada@x"), New("bob@x") }, RequestId = Guid.NewGuid().ToString() };

        var first = await tenant.Person.Teammates.BatchCreateTeammatesAsync(request);

        Assert.Equal(first, await tenant.Person.Teammates.BatchCreateTeammatesAsync(request));
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task what_only_a_single_call_has_is_refused(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var inner = New("ada@x");
        inner.ValidateOnly = true;

        await Expect.RefusedAsync(ErrorReason.InvalidField, () => CreateAsync(tenant, inner));
        await Expect.RefusedAsync(ErrorReason.InvalidField, () => CreateAsync(tenant, [.. Enumerable.Repeat(New("ada@x"), 1_001)]));
        await Expect.RefusedAsync(
            ErrorReason.InvalidField, async () => await tenant.Person.Teammates.BatchCreateTeammatesAsync(new() { MaxRefusals = -1 }));
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task validating_answers_as_the_call_would_and_writes_nothing(Setup setup)
    {
        var tenant = await setup.TenantAsync();

        var preview = await tenant.Person.Teammates.BatchCreateTeammatesAsync(
            new() { Requests = { New("ada@x"), New("ada@x") }, ValidateOnly = true });

        Assert.Equal(["ada@x", "UserNameTaken"], preview.Results.Select(Told));
        Assert.Equal(0, (await tenant.Person.Teammates.ListTeammatesAsync(new())).TotalSize);
    }

    private static CreateTeammateRequest New(string userName, string roles = "", State state = State.Unspecified) =>
        new() { Teammate = new() { ProfileJson = Tenant.ProfileOf(userName, roles) }, InitialState = state };

    private static async Task<string> NewGroupAsync(Tenant tenant, string name) =>
        (await tenant.Person.Groups.CreateTeammateGroupAsync(new() { TeammateGroup = new() { DisplayName = name } })).Id;

    private static async Task<IReadOnlyList<Result>> CreateAsync(Tenant tenant, params CreateTeammateRequest[] requests) =>
        (await tenant.Provider.Teammates.BatchCreateTeammatesAsync(new() { Requests = { requests } })).Results;

    private static string Told(Result result) =>
        result.Refusal is { } refusal ? ProvisioningException.Of(refusal).Reason.ToString() : result.Teammate.Profile.UserName;
}
