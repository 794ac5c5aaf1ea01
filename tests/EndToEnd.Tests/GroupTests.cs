using System.Net;
using System.Text.Json.Nodes;
using EndToEnd.Harness;
using Grpc.Core;
using Provisioning.V1;

namespace EndToEnd;

public sealed class GroupTests
{
    [Theory, Everywhere]
    [Proves("group-parallel")]
    public async Task sixty_four_parallel_patches_of_one_group_lose_nobody(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var (stay, come) = (await tenant.NewTeammatesAsync(64, "stay"), await tenant.NewTeammatesAsync(64, "come"));
        var group = await tenant.NewGroupAsync("Support", stay);

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 64).Select(index => tenant.ScimAsync("PATCH", $"/Groups/{group}", Patch(come[index], stay[index]))));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.NoContent, answer.Status));
        Assert.Equal(come.Order(StringComparer.Ordinal), await tenant.MembersAsync(group));
        Assert.Equal(65, (await tenant.Provider.Groups.GetTeammateGroupAsync(new() { Id = group })).Version);
    }

    [Theory, Everywhere(OnlyEngines = true)]
    [Proves("group-streamed")]
    public async Task a_get_streams_every_member_once_in_the_order_of_their_ids(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var teammates = await tenant.NewTeammatesAsync(2_300);
        var (group, other) = (await tenant.NewGroupAsync("Everybody", teammates), await tenant.NewGroupAsync("Few", teammates.Take(3)));

        var one = await tenant.ScimAsync("GET", $"/Groups/{group}");
        var all = await tenant.ScimAsync("GET", "/Groups?sortBy=displayName&sortOrder=descending");

        Assert.Equal(teammates.Order(StringComparer.Ordinal), Values(one.Json));
        Assert.Equal([(other, 3), (group, 2_300)],
            all.Json["Resources"]!.AsArray().Select(each => (each!["id"]!.GetValue<string>(), Values((JsonObject)each).Count)));
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task whom_several_steps_name_is_in_it_by_the_last_of_them(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ids = await tenant.NewTeammatesAsync(4);
        var group = await tenant.NewGroupAsync("Support", ids[0], ids[1]);
        GroupStep Add(params string[] who) => new() { AddMembers = new() { TeammateIds_ = { who } } };
        GroupStep Remove(params string[] who) => new() { RemoveMembers = new() { TeammateIds_ = { who } } };

        await tenant.Provider.Groups.ModifyTeammateGroupAsync(
            new() { Id = group, Steps = { Remove(ids[0], ids[1]), Add(ids[0], ids[0], ids[2]), Add(ids[3]), Remove(ids[3]) } });

        Assert.Equal(((string[])[ids[0], ids[2]]).Order(StringComparer.Ordinal), await tenant.MembersAsync(group));
        Assert.Equal(2, (await tenant.Provider.Groups.GetTeammateGroupAsync(new() { Id = group })).Version);
        Assert.Equal([(Differences(ids[1]), Differences(ids[2]))],
            (await tenant.LogAsync()).Where(entry => entry.Method == "ModifyTeammateGroup").Select(entry => entry.Differences.Single())
                .Select(each => (each.BeforeJson, each.AfterJson)));

        static string Differences(string id) => $"[\"{id}\"]";
    }

    [Theory, Everywhere]
    [Proves("group-managed-others")]
    public async Task a_managed_group_is_changed_by_its_provider_alone(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ada = await tenant.NewTeammateAsync();
        var group = await tenant.NewGroupAsync("Support");
        GroupStep[] steps = [new() { Rename = "Mine" }, new() { AddMembers = new() { TeammateIds_ = { ada.Id } } },
            new() { ReplaceMembers = new() }];

        foreach (var step in steps)
        {
            var refusal = await Expect.RefusedAsync(ErrorReason.GroupManaged,
                async () => await tenant.Person.Groups.ModifyTeammateGroupAsync(new() { Id = group, Steps = { step } }));
            Assert.Equal(StatusCode.FailedPrecondition, refusal.StatusCode);
            Assert.Contains("okta", refusal.Message, StringComparison.Ordinal);
        }

        await Expect.RefusedAsync(
            ErrorReason.GroupManaged, async () => await tenant.Person.Groups.DeleteTeammateGroupAsync(new() { Id = group }));
        var other = tenant.Client((await tenant.NewTokenAsync("entra", Scope.AutoProvisioning)).Value);
        await Expect.RefusedAsync(
            ErrorReason.GroupManaged, async () => await other.Groups.ModifyTeammateGroupAsync(new() { Id = group, Steps = { steps } }));
        Assert.Equal("Mine", (await tenant.Provider.Groups.ModifyTeammateGroupAsync(new() { Id = group, Steps = { steps } })).DisplayName);
    }

    [Theory, Everywhere]
    public async Task people_keep_groups_by_hand_until_a_provider_takes_them_over(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ada = await tenant.NewTeammateAsync();
        var made = await tenant.Person.Groups.CreateTeammateGroupAsync(
            new() { TeammateGroup = new() { DisplayName = "Support", ExternalId = "p" }, MemberIds = { ada.Id } });
        Assert.Equal(("", "p"), (made.ManagedBy, made.ExternalId));

        var taken = await tenant.Provider.Groups.CreateTeammateGroupAsync(
            new() { TeammateGroup = new() { DisplayName = "SUPPORT", ExternalId = "o" } });

        Assert.Equal((made.Id, "SUPPORT", "o", 2), (taken.Id, taken.DisplayName, taken.ExternalId, taken.Version));
        Assert.Equal([ada.Id], await tenant.MembersAsync(made.Id));
        Assert.Contains(await tenant.LogAsync(made.Id), entry => entry.Summary.Contains("took over", StringComparison.Ordinal));
    }

    [Theory, Everywhere]
    public async Task the_same_name_created_at_once_makes_one_group(Setup setup)
    {
        var tenant = await setup.TenantAsync();

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(
                index => tenant.ScimAsync("POST", "/Groups", $$"""{"displayName":"{{(index % 2 == 0 ? "Support" : "SUPPORT")}}"}""")));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.Created),
            answer => Assert.Equal((HttpStatusCode.Conflict, "uniqueness"), (answer.Status, answer["scimType"])));
    }

    [Theory, Everywhere(OnlyEngines = true)]
    [Proves("user-groups-bounded")]
    public async Task a_user_shows_five_hundred_groups_at_most(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ada = await tenant.NewTeammateAsync();
        await Parallel.ForAsync(0, 510, new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (index, _) => await tenant.NewGroupAsync($"g{index}", ada.Id));

        Assert.Equal(500, (await tenant.ScimAsync("GET", $"/Users/{ada.Id}")).Json["groups"]!.AsArray().Count);
    }

    [Theory, Everywhere]
    public async Task who_is_deleted_while_joining_leaves_each_group_once_and_tells_of_it(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await using var watch = await Watch.BeginAsync(tenant.Person);
        var groups = await Task.WhenAll(Enumerable.Range(0, 6).Select(index => tenant.NewGroupAsync($"g{index}")));
        for (var round = 0; round < 8; round++)
        {
            var leaver = await tenant.NewTeammateAsync($"leaver{round}@x");
            var joins = groups.Select(group => tenant.ScimAsync("PATCH", $"/Groups/{group}", Patch(leaver.Id, null)));
            var answers = await Task.WhenAll([.. joins, tenant.ScimAsync("DELETE", $"/Users/{leaver.Id}")]);
            Assert.All(
                answers, answer => Assert.Contains(answer.Status, (HttpStatusCode[])[HttpStatusCode.NoContent, HttpStatusCode.BadRequest]));
        }

        var end = await tenant.NewTeammateAsync("end@x");
        var moves = new Dictionary<(string Group, string Teammate), int>();
        for (var change = (await watch.TakeAsync(1))[0]; change.ResourceId != end.Id; change = (await watch.TakeAsync(1))[0])
        {
            foreach (var teammate in change.Kind is Change.Types.Kind.GroupMemberAdded or Change.Types.Kind.GroupMemberRemoved
                ? change.ChangedFields : [])
            {
                var key = (change.ResourceId, teammate);
                moves[key] = moves.GetValueOrDefault(key) + (change.Kind == Change.Types.Kind.GroupMemberAdded ? 1 : -1);
            }
        }

        Assert.All(moves, move => Assert.Equal(0, move.Value));
        foreach (var group in groups)
        {
            Assert.Empty(await tenant.MembersAsync(group));
        }
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task who_leaves_the_company_leaves_a_group_that_many_write_all_the_time(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var (leavers, movers) = (await tenant.NewTeammatesAsync(6, "leaver"), await tenant.NewTeammatesAsync(16, "mover"));
        var group = await tenant.NewGroupAsync("Support", leavers);
        await using var watch = await Watch.BeginAsync(tenant.Person);
        using var done = new CancellationTokenSource();
        var moves = movers.Chunk(2).Select(pair => Task.Run(async () =>
        {
            for (var turn = 0; !done.IsCancellationRequested; turn ^= 1)
            {
                Assert.Equal(HttpStatusCode.NoContent,
                    (await tenant.ScimAsync("PATCH", $"/Groups/{group}", Patch(pair[turn], pair[1 - turn]))).Status);
            }
        })).ToList();

        foreach (var leaver in leavers)
        {
            Assert.Equal(HttpStatusCode.NoContent, (await tenant.ScimAsync("DELETE", $"/Users/{leaver}")).Status);
        }

        await done.CancelAsync();
        await Task.WhenAll(moves);
        var end = await tenant.NewTeammateAsync("end@x");
        var versions = new List<long>();
        for (var change = (await watch.TakeAsync(1))[0]; change.ResourceId != end.Id; change = (await watch.TakeAsync(1))[0])
        {
            versions.AddRange(change.ResourceId == group ? [change.Version] : []);
        }

        Assert.Equal(versions.Order(), versions);
    }

    [Theory, Everywhere(OnlyPostgres = true)]
    public async Task versions_of_a_group_come_in_their_order_though_a_writer_was_overtaken(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var (leaver, stayer) = (await tenant.NewTeammateAsync("leaver@x"), await tenant.NewTeammateAsync("stayer@x"));
        var group = await tenant.NewGroupAsync("Support", [leaver.Id]);
        await using var watch = await Watch.BeginAsync(tenant.Person);
        await using var other = await RowLock.TakeAsync(tenant.Service.Postgres, "teammate_groups", group);

        // The first to wait has no transaction's number yet, the second has one by the teammate that it has locked.
        var patch = tenant.ScimAsync("PATCH", $"/Groups/{group}", Patch(stayer.Id, null));
        await other.WaitForWaitersAsync(1);
        var delete = tenant.ScimAsync("DELETE", $"/Users/{leaver.Id}");
        await other.WaitForWaitersAsync(2);
        await other.ReleaseAsync();

        Assert.All(await Task.WhenAll(patch, delete), answer => Assert.Equal(HttpStatusCode.NoContent, answer.Status));
        Assert.Equal([2L, 3L], (await watch.TakeAsync(3)).Where(change => change.ResourceId == group).Select(change => change.Version));
    }

    private static string Patch(string joins, string? leaves) =>
        $$"""
        {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
         {"op":"add","path":"members","value":[{"value":"{{joins}}"}]}
         {{(leaves is null ? "" : $$""",{"op":"remove","path":"members[value eq \"{{leaves}}\"]"}""")}}]}
        """;

    private static List<string> Values(JsonObject group) =>
        [.. (group["members"] as JsonArray ?? []).Select(member => member!["value"]!.GetValue<string>())];
}
