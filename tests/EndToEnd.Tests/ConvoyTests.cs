using System.Diagnostics;
using EndToEnd.Harness;
using Provisioning.Client;
using Provisioning.V1;
using Kind = Provisioning.V1.Change.Types.Kind;
using State = Provisioning.V1.Teammate.Types.State;

namespace EndToEnd;

/// <summary>Writes that come at once share transactions, and nobody notices but by the time it takes.</summary>
public sealed class ConvoyTests
{
    private const int Many = 60;

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task each_write_of_many_at_once_gets_its_own_answer(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ids = await tenant.NewTeammatesAsync(Many);
        _ = await tenant.NewTeammateAsync("taken@x");

        var answers = await Task.WhenAll(ids.Select((id, number) => (number % 4) switch
        {
            0 => TellAsync(tenant.Person.Teammates.BlockTeammateAsync(new() { Id = id }).ResponseAsync),
            1 => TellAsync(tenant.Person.Teammates.BlockTeammateAsync(new() { Id = id + "0" }).ResponseAsync),
            2 => TellAsync(tenant.Person.Teammates.BlockTeammateAsync(new() { Id = id, Etag = "7" }).ResponseAsync),
            _ => TellAsync(tenant.Person.Teammates.CreateTeammateAsync(
                new() { Teammate = new() { Profile = new() { UserName = number < 30 ? "taken@x" : $"new{number}@x" } } }).ResponseAsync),
        }));

        Assert.All(answers.Index(), answer => Assert.Equal((answer.Index % 4) switch
        {
            0 => "Blocked",
            1 => "TeammateNotFound",
            2 => "EtagMismatch",
            _ => answer.Index < 30 ? "UserNameTaken" : "Active",
        }, answer.Item));
        Assert.All((await tenant.Person.ListTeammatesAsync().ToListAsync(TestContext.Current.CancellationToken))
            .Where(each => ids.Contains(each.Id)),
            each => Assert.Equal(ids.ToList().IndexOf(each.Id) % 4 == 0 ? (State.Blocked, 2L)
                : (State.Active, 1L), (each.State, each.Version)));
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task each_write_of_many_at_once_leaves_its_own_change_and_entry(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ids = await tenant.NewTeammatesAsync(Many);
        await using var watch = await Watch.BeginAsync(tenant.Person);

        await Task.WhenAll(ids.Select(id => tenant.Person.Teammates.BlockTeammateAsync(new() { Id = id }).ResponseAsync));

        var changes = await watch.TakeAsync(Many);
        Assert.Equal(ids.Order(), changes.Select(change => change.ResourceId).Order());
        Assert.All(changes, change => Assert.Equal((Kind.TeammateBlocked, 2L), (change.Kind, change.Version)));
        Assert.Equal(ids.Order(),
            (await tenant.LogAsync()).Where(entry => entry.Method == "BlockTeammate").Select(entry => entry.ResourceId).Order());
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task changes_of_one_teammate_come_in_the_order_of_its_versions(Setup setup)
    {
        const int Writers = 24, Writes = 50;
        var tenant = await setup.TenantAsync();
        var ids = await tenant.NewTeammatesAsync(8);
        await using var watch = await Watch.BeginAsync(tenant.Person);

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            for (var write = 0; write < Writes; write++)
            {
                await tenant.Person.Teammates.UpdateTeammateAsync(new()
                {
                    Teammate = new() { Id = ids[(writer + write * 3) % ids.Count], Profile = new() { Title = $"{writer} {write}" } },
                    UpdateMask = new() { Paths = { "profile.title" } },
                });
            }
        }));

        var changes = await watch.TakeAsync(Writers * Writes);
        Assert.All(changes.GroupBy(change => change.ResourceId),
            each => Assert.Equal(each.Select(change => change.Version).Order(), each.Select(change => change.Version)));
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task writes_of_one_teammate_at_once_take_turns(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var id = (await tenant.NewTeammateAsync()).Id;

        await Task.WhenAll(Enumerable.Range(0, 20).Select(number => tenant.Person.Teammates.UpdateTeammateAsync(new()
        {
            Teammate = new() { Id = id, Profile = new() { Title = $"Title {number}" } },
            UpdateMask = new() { Paths = { "profile.title" } },
        }).ResponseAsync));

        Assert.Equal(21, (await tenant.Person.Teammates.GetTeammateAsync(new() { Id = id })).Version);
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task who_is_renamed_and_unblocked_among_many_is_found_as_they_are(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ids = await tenant.NewTeammatesAsync(Many);
        await Task.WhenAll(ids.Select(id => tenant.Person.Teammates.BlockTeammateAsync(new() { Id = id }).ResponseAsync));

        await Task.WhenAll(ids.Select((id, number) => tenant.Person.Teammates.UpdateTeammateAsync(new()
        {
            Teammate = new() { Id = id, Profile = new() { UserName = $"renamed{number}@x" } },
            UpdateMask = new() { Paths = { "profile.user_name" } },
            Transition = number % 2 == 0 ? State.Active : State.Unspecified,
        }).ResponseAsync));

        var blocked = await tenant.Person.Teammates.SearchTeammatesAsync(new() { State = State.Blocked, PageSize = 100 });
        Assert.Equal(Enumerable.Range(0, Many).Where(number => number % 2 == 1).Select(number => $"renamed{number}@x")
            .Order(StringComparer.Ordinal), blocked.Teammates.Select(each => each.Profile.UserName));
        Assert.Equal([ids[8]],
            (await tenant.Person.Teammates.SearchTeammatesAsync(new() { Query = "renamed8@x" })).Teammates.Select(each => each.Id));
    }

    [Theory, Everywhere(OnlyPostgres = true)]
    public async Task a_lock_that_somebody_forgot_holds_up_nobody_else(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ids = await tenant.NewTeammatesAsync(Many);
        await using var other = await RowLock.TakeAsync(tenant.Service.Postgres, "teammates", [.. ids.Take(6)]);

        var began = Stopwatch.GetTimestamp();
        var blocks = ids.Select(id => tenant.Person.Teammates.BlockTeammateAsync(new() { Id = id }).ResponseAsync).ToList();
        await Task.WhenAll(blocks.Skip(6));

        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.All(blocks.Take(6), block => Assert.False(block.IsCompleted));
        await other.ReleaseAsync();
        Assert.All(await Task.WhenAll(blocks.Take(6)), teammate => Assert.Equal(State.Blocked, teammate.State));
    }

    /// <summary>Of five writers of each group, two are refused, and leave nothing behind in what they shared.</summary>
    [Theory, Everywhere(OnlyEngines = true)]
    public async Task writes_of_many_groups_at_once_move_whom_each_names(Setup setup)
    {
        const int Groups = 12;
        var tenant = await setup.TenantAsync();
        var (stays, comes) = (await tenant.NewTeammatesAsync(Groups, "stays"), await tenant.NewTeammatesAsync(Groups, "comes"));
        var goes = (await tenant.NewTeammateAsync()).Id;
        var groups = await Task.WhenAll(
            Enumerable.Range(0, Groups).Select(number => tenant.NewGroupAsync($"Group {number}", stays[number], goes)));
        await using var watch = await Watch.BeginAsync(tenant.Person);

        var answers = await Task.WhenAll(
            Enumerable.Range(0, Groups * 5).Select(number => TellAsync(ModifyAsync(tenant, groups[number / 5], (number % 5) switch
            {
                0 => new() { AddMembers = new() { TeammateIds_ = { comes[number / 5] } } },
                1 => new() { AddMembers = new() { TeammateIds_ = { goes, "tea_missing" } } },
                2 => new() { RemoveMembers = new() { TeammateIds_ = { goes } } },
                3 => new() { Rename = $"Group {((number / 5) + 1) % Groups}" },
                _ => new() { RemoveMembers = new() { TeammateIds_ = { "tea_missing" } } },
            }))));

        Assert.All(answers.Index(), answer => Assert.Equal((answer.Index % 5) switch
        {
            1 => "InvalidField",
            3 => "GroupNameTaken",
            _ => "Done",
        }, answer.Item));
        foreach (var (number, group) in groups.Index())
        {
            Assert.Equal(((string[])[stays[number], comes[number]]).Order(StringComparer.Ordinal), await tenant.MembersAsync(group));
            Assert.Equal(3, (await tenant.Provider.Groups.GetTeammateGroupAsync(new() { Id = group })).Version);
        }

        var changes = await watch.TakeAsync(Groups * 2);
        Assert.Equal(
            groups.Order(), changes.Where(change => change.Kind == Kind.GroupMemberAdded).Select(change => change.ResourceId).Order());
        Assert.Equal(
            groups.Order(), changes.Where(change => change.Kind == Kind.GroupMemberRemoved).Select(change => change.ResourceId).Order());
    }

    private static async Task<TeammateGroup> ModifyAsync(Tenant tenant, string group, GroupStep step) =>
        await tenant.Provider.Groups.ModifyTeammateGroupAsync(new() { Id = group, Steps = { step } });

    private static Task<string> TellAsync(Task<TeammateGroup> call) => TellAsync(call, _ => "Done");

    private static Task<string> TellAsync(Task<Teammate> call) => TellAsync(call, teammate => teammate.State.ToString());

    private static async Task<string> TellAsync<T>(Task<T> call, Func<T, string> tell)
    {
        try
        {
            return tell(await call);
        }
        catch (ProvisioningException refusal)
        {
            return refusal.Reason.ToString();
        }
    }
}
