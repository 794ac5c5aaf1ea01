using System.Collections.Concurrent;
using EndToEnd.Harness;
using Npgsql;
using Provisioning.V1;
using Kind = Provisioning.V1.Change.Types.Kind;

namespace EndToEnd;

public sealed class ChangeTests
{
    [Theory, Everywhere]
    public async Task every_write_leaves_its_changes_in_order(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await using var watch = await Watch.BeginAsync(tenant.Person);
        var ada = await tenant.NewTeammateAsync();
        await tenant.ScimAsync("PUT", $"/Users/{ada.Id}", """{"userName":"ada@corp.example","title":"Countess","active":false}""");
        await tenant.Provider.Teammates.UnblockTeammateAsync(new() { Id = ada.Id });
        await tenant.Provider.Teammates.DeleteTeammateAsync(new() { Id = ada.Id });

        var changes = await watch.TakeAsync(5);

        Assert.Equal([Kind.TeammateCreated, Kind.TeammateUpdated, Kind.TeammateBlocked, Kind.TeammateUnblocked, Kind.TeammateDeleted],
            changes.Select(change => change.Kind));
        Assert.Equal([1, 2, 2, 3, 4], changes.Select(change => (int)change.Version));
        Assert.All(changes, change => Assert.Equal((ada.Id, tenant.Company.Id), (change.ResourceId, change.CompanyId)));
        Assert.Equal("title", Assert.Single(changes[1].ChangedFields));
        Assert.DoesNotContain("Countess", string.Concat(changes.Select(change => change.ToString())), StringComparison.Ordinal);
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task a_watch_of_some_kinds_tells_of_these_alone(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await using var watch = await Watch.BeginAsync(tenant.Person, "", Kind.TeammateBlocked, Kind.TeammateDeleted);
        var ids = await tenant.NewTeammatesAsync(2);
        await tenant.Provider.Teammates.BlockTeammateAsync(new() { Id = ids[0] });
        await tenant.Provider.Teammates.UnblockTeammateAsync(new() { Id = ids[0] });
        await tenant.Provider.Teammates.DeleteTeammateAsync(new() { Id = ids[1] });

        var changes = await watch.TakeAsync(2);

        Assert.Equal([(Kind.TeammateBlocked, ids[0]), (Kind.TeammateDeleted, ids[1])],
            changes.Select(change => (change.Kind, change.ResourceId)));
        await using var resumed = await Watch.BeginAsync(tenant.Person, changes[0].ResumeToken);
        Assert.Equal(
            [Kind.TeammateUnblocked, Kind.TeammateDeleted], (await resumed.TakeAsync(2)).Select(change => change.Kind));
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task a_watch_of_a_kind_that_there_is_not_is_refused(Setup setup)
    {
        var tenant = await setup.TenantAsync();

        foreach (var kind in (Kind[])[Kind.Unspecified, (Kind)999])
        {
            var refusal = await Expect.RefusedAsync(
                ErrorReason.InvalidField, () => Watch.BeginAsync(tenant.Person, "", Kind.TeammateBlocked, kind));
            Assert.Contains("kinds[1]", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task many_writers_and_broken_watches_leave_no_gap_and_no_duplicate(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        const int Writers = 8, Each = 12;
        var seen = new ConcurrentQueue<string>();
        var resume = (await Watch.BeginAsync(tenant.Person)).Resume;
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            for (var number = 0; number < Each; number++)
            {
                await tenant.Provider.Teammates.CreateTeammateAsync(
                    new() { Teammate = new() { Profile = new() { UserName = $"w{writer}-{number}@x" } } });
            }
        }));
        while (seen.Count < Writers * Each)
        {
            await using var watch = await Watch.BeginAsync(tenant.Person, resume);
            foreach (var change in await watch.TakeAsync(Math.Min(7, Writers * Each - seen.Count)))
            {
                seen.Enqueue(change.ResourceId);
                resume = change.ResumeToken;
            }
        }

        await writing;
        Assert.Equal(Writers * Each, seen.Distinct().Count());
        var all = new List<string>();
        await foreach (var teammate in tenant.Provider.ListTeammatesAsync())
        {
            all.Add(teammate.Id);
        }

        Assert.Equal(all.Order(), seen.Order());
    }

    [Fact]
    public async Task a_reader_waits_for_a_transaction_that_began_earlier_and_commits_later()
    {
        Assert.SkipUnless(Servers.Postgres is not null, Servers.WhyNot(Setup.PostgresOneProcess) ?? "");
        var tenant = await Setup.PostgresOneProcess.TenantAsync();
        await using var watch = await Watch.BeginAsync(tenant.Person);
        await using var connection = new NpgsqlConnection(tenant.Service.Postgres);
        await connection.OpenAsync();
        await using var slow = await connection.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand(
            """
            INSERT INTO changes (company_id, kind, resource_id, version, fields, time)
            VALUES (@company, 2, 'tea_slow', 7, '', now())
            """, connection, slow))
        {
            command.Parameters.AddWithValue("company", tenant.Company.Id);
            await command.ExecuteNonQueryAsync();
        }

        var ada = await tenant.NewTeammateAsync();
        Assert.False(await watch.AnyWithinAsync(TimeSpan.FromSeconds(1.5)),
            "The later transaction's change was shown before the earlier one ended.");
        await slow.CommitAsync();

        Assert.Equal(["tea_slow", ada.Id], (await watch.TakeAsync(2)).Select(change => change.ResourceId));
    }

    [Fact]
    public async Task a_watch_begins_now_though_an_open_transaction_holds_the_feed_back()
    {
        Assert.SkipUnless(Servers.Postgres is not null, Servers.WhyNot(Setup.PostgresOneProcess) ?? "");
        var tenant = await Setup.PostgresOneProcess.TenantAsync();
        await using var connection = new NpgsqlConnection(tenant.Service.Postgres);
        await connection.OpenAsync();
        await using var slow = await connection.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand("SELECT pg_current_xact_id()", connection, slow))
        {
            await command.ExecuteScalarAsync();
        }

        await tenant.NewTeammateAsync("before@x");
        await using var watch = await Watch.BeginAsync(tenant.Person);
        var after = await tenant.NewTeammateAsync("after@x");
        await slow.CommitAsync();

        Assert.Equal(after.Id, (await watch.TakeAsync(1))[0].ResourceId);
    }

    [Theory, Everywhere]
    public async Task a_service_token_without_a_company_watches_every_company(Setup setup)
    {
        var (one, two) = (await setup.TenantAsync(), await setup.TenantAsync());
        using var all = one.Service.Operator();
        await using var watch = await Watch.BeginAsync(all);
        var (ada, bob) = (await one.NewTeammateAsync(), await two.NewTeammateAsync());

        var seen = new List<string>();
        while (!seen.Contains(ada.Id) || !seen.Contains(bob.Id))
        {
            seen.Add((await watch.TakeAsync(1))[0].ResourceId);
        }
    }

    [Theory, Everywhere]
    public async Task a_resume_token_of_another_company_or_altered_is_refused(Setup setup)
    {
        var (mine, theirs) = (await setup.TenantAsync(), await setup.TenantAsync());
        await using var watch = await Watch.BeginAsync(theirs.Person);

        await Expect.RefusedAsync(ErrorReason.InvalidResumeToken, async () => await Watch.BeginAsync(mine.Person, watch.Resume));
        await Expect.RefusedAsync(ErrorReason.InvalidResumeToken,
            async () => await Watch.BeginAsync(theirs.Person, (watch.Resume[0] == 'A' ? "B" : "A") + watch.Resume[1..]));
    }

    [Fact]
    public async Task a_restored_database_begins_a_new_epoch_and_says_so()
    {
        Assert.SkipUnless(Servers.Postgres is not null, Servers.WhyNot(Setup.PostgresOneProcess) ?? "");
        await using var service = await Service.StartAsync(Setup.PostgresOneProcess);
        var tenant = await service.NewTenantAsync();
        string resume;
        await using (var watch = await Watch.BeginAsync(tenant.Person))
        {
            resume = watch.Resume;
        }

        await using var connection = new NpgsqlConnection(service.Postgres);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "UPDATE storage_facts SET value = split_part(value, ' ', 1) || ' elsewhere/1' WHERE name = 'feed'", connection);
        Assert.Equal(1, await command.ExecuteNonQueryAsync());

        await Expect.RefusedAsync(ErrorReason.ResumeTokenExpired, async () => await Watch.BeginAsync(tenant.Person, resume));
        await using var again = await Watch.BeginAsync(tenant.Person);
        var ada = await tenant.NewTeammateAsync();
        Assert.Equal(ada.Id, (await again.TakeAsync(1))[0].ResourceId);
    }
}
