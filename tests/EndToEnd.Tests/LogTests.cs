using EndToEnd.Harness;
using Google.Protobuf.WellKnownTypes;
using Npgsql;
using Provisioning.V1;

namespace EndToEnd;

public sealed class LogTests
{
    [Theory, Everywhere]
    public async Task entries_are_listed_by_time_and_counted_by_outcome(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ada = await tenant.NewTeammateAsync("ada@x");
        await Task.Delay(TimeSpan.FromSeconds(1.1));
        var middle = (await tenant.Provider.Teammates.BlockTeammateAsync(new() { Id = ada.Id })).UpdateTime;
        await tenant.Provider.Teammates.BlockTeammateAsync(new() { Id = ada.Id });
        await tenant.Provider.Teammates.BlockTeammateAsync(new() { Id = ada.Id });
        await Expect.RefusedAsync(ErrorReason.UserNameTaken,
            async () => await tenant.Provider.Teammates.CreateTeammateAsync(
                new() { Teammate = new() { Profile = new() { UserName = "ADA@x" } } }));

        var before = await tenant.Person.Log.ListLogEntriesAsync(new() { ResourceId = ada.Id, EndTime = middle });
        var after = await tenant.Person.Log.ListLogEntriesAsync(new() { ResourceId = ada.Id, StartTime = middle });
        var counted = await tenant.Person.Log.CountLogEntriesAsync(new()
        {
            StartTime = (middle.ToDateTime() - TimeSpan.FromSeconds(60)).ToTimestamp(),
            Span = Duration.FromTimeSpan(TimeSpan.FromSeconds(60)),
            SpanCount = 2,
            TokenId = after.LogEntries[0].Actor.TokenId,
        });

        var ever = await tenant.Person.Log.ListLogEntriesAsync(new()
        {
            ResourceId = ada.Id,
            StartTime = new DateTime(1960, 1, 1, 0, 0, 0, DateTimeKind.Utc).ToTimestamp(),
            EndTime = new DateTime(9999, 1, 1, 0, 0, 0, DateTimeKind.Utc).ToTimestamp(),
        });
        Assert.Equal(4, ever.LogEntries.Count);
        Assert.Equal(["tests created ada@x"], before.LogEntries.Select(entry => entry.Summary));
        Assert.Equal([LogEntry.Types.Outcome.Refused, LogEntry.Types.Outcome.Unchanged, LogEntry.Types.Outcome.Done],
            after.LogEntries.Select(entry => entry.Outcome));
        Assert.Equal([(0, 0, 0), (1, 2, 1)], counted.Spans.Select(span => (span.Done, span.Unchanged, span.Refused)));
        Assert.Equal(middle, counted.Spans[1].StartTime);
    }

    [Theory, Everywhere]
    public async Task a_refusal_is_found_under_the_person_it_is_about_until_it_is_erased(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        Assert.Equal(400, (int)(await tenant.ScimAsync("POST", "/Users", """{"userName":"Ada@x","Usr.active":true}""")).Status);

        var found = await tenant.Person.Log.ListLogEntriesAsync(new() { UserName = "ADA@X" });
        Assert.Equal(LogEntry.Types.Outcome.Refused, Assert.Single(found.LogEntries).Outcome);
        var ada = await tenant.NewTeammateAsync("ada@x");
        Assert.Equal(2, (await tenant.LogAsync(ada.Id)).Count);

        await tenant.Operated.Log.EraseLogEntriesAsync(new() { UserName = "ada@x" });
        Assert.DoesNotContain(await tenant.LogAsync(), entry => entry.ToString().Contains("ada@x", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Rows of the log that PostgreSQL reads for a watch do not grow by what another company writes.</summary>
    [Fact]
    public async Task a_watch_reads_nothing_of_what_another_company_writes()
    {
        const int Watches = 10, Imported = 400;
        Assert.SkipUnless(Servers.Postgres is not null, Servers.WhyNot(Setup.PostgresOneProcess) ?? "");
        await using var service = await Service.StartAsync(Setup.PostgresOneProcess);
        var (watcher, importer) = (await service.NewTenantAsync(), await service.NewTenantAsync());
        _ = await watcher.NewTeammatesAsync(50);
        await using var connection = new NpgsqlConnection(service.Postgres);
        await connection.OpenAsync();
        var watches = Enumerable.Range(0, Watches).Select(_ => watcher.Person.Log.WatchLogEntries(new())).ToList();
        await Task.WhenAll(watches.Select(watch => watch.ResponseHeadersAsync));

        var before = await ReadAsync(connection);
        _ = await importer.NewTeammatesAsync(Imported);
        var read = await ReadAsync(connection) - before;

        watches.ForEach(watch => watch.Dispose());
        // Far less than if each watch read the import once; on a small table the planner may scan what is there now and then.
        Assert.InRange(read, 0, Watches * Imported / 2);
    }

    private static Task<long> ReadAsync(NpgsqlConnection connection) => RowsRead.ByAsync(connection,
        "SELECT (SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables WHERE relname = 'log_entries')::bigint");

    [Theory, Everywhere]
    public async Task attributes_that_no_schema_names_are_warned_of_once_for_a_connection(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var many = string.Join(',', Enumerable.Range(0, 25).Select(number => $"\"custom{number:d2}\":1"));

        for (var time = 0; time < 2; time++)
        {
            Assert.Equal(201, (int)(await tenant.ScimAsync("POST", "/Users", $"{{\"userName\":\"t{time}@x\",{many}}}")).Status);
        }

        var warning = Assert.Single(
            (await tenant.LogAsync()).SelectMany(entry => entry.Warnings), warning => warning.Code == Warning.Types.Code.UnknownAttributes);
        Assert.Equal((20, 25), (warning.Attributes.Count, warning.AttributeCount));
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task entries_are_told_apart_by_their_connection(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await tenant.NewTokenAsync("entra", Scope.AutoProvisioning);
        await tenant.NewTeammateAsync("grace@x");
        var ada = await tenant.Provider.Teammates.CreateTeammateAsync(
            new() { Teammate = new() { Profile = new() { UserName = "ada@x" } } });
        var connections = (await tenant.Person.Connections.ListConnectionsAsync(new())).Connections.ToDictionary(
            each => each.Name, each => each.Id);
        var hour = Duration.FromTimeSpan(TimeSpan.FromHours(1));

        foreach (var (name, expected) in ((string, string[])[])[("okta", [ada.Id]), ("entra", [])])
        {
            var listed = await tenant.Person.Log.ListLogEntriesAsync(new() { ConnectionId = connections[name] });
            var counted = await tenant.Person.Log.CountLogEntriesAsync(
                new()
                {
                    StartTime = (DateTime.UtcNow - TimeSpan.FromMinutes(30))
                    .ToTimestamp(),
                    Span = hour,
                    SpanCount = 1,
                    ConnectionId = connections[name]
                });
            Assert.Equal(expected, listed.LogEntries.Select(entry => entry.ResourceId));
            Assert.Equal(expected.Length, counted.Spans[0].Done);
        }
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task a_count_is_bounded(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var (start, hour) = (DateTime.UtcNow.ToTimestamp(), Duration.FromTimeSpan(TimeSpan.FromHours(1)));
        foreach (var request in (CountLogEntriesRequest[])[
            new() { Span = hour, SpanCount = 1 }, new() { StartTime = start, SpanCount = 1 }, new() { StartTime = start, Span = hour },
            new() { StartTime = start, Span = hour, SpanCount = 501 },
                new() { StartTime = start, Span = new() { Nanos = 1 }, SpanCount = 1 },
            new() { StartTime = new DateTime(9999, 1, 1, 0, 0, 0, DateTimeKind.Utc).ToTimestamp(), Span = hour, SpanCount = 1 }])
        {
            await Expect.RefusedAsync(ErrorReason.InvalidField, async () => await tenant.Person.Log.CountLogEntriesAsync(request));
        }
    }
}
