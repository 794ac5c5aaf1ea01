using System.Text.Json.Nodes;
using EndToEnd.Harness;
using Npgsql;

namespace EndToEnd;

/// <summary>What each operation asks of PostgreSQL, once statements are prepared: that is what it costs on any machine.</summary>
public sealed class CostTests
{
    private const string Patch = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

    [Theory, Everywhere(OnlyPostgres = true)]
    public async Task reading_a_user_is_one_statement(Setup setup) =>
        await CostsAsync(setup, 1, 1, async (tenant, user, _) => await tenant.ScimAsync("GET", $"/Users/{user}"));

    [Theory, Everywhere(OnlyPostgres = true)]
    public async Task looking_a_user_up_by_name_is_one_statement(Setup setup) =>
        await CostsAsync(
            setup, 1, 1, async (tenant, _, _) => await tenant.ScimAsync("GET", "/Users?filter=userName%20eq%20%22ada@corp.example%22"));

    /// <summary>The user and the company are read, then row, change, log entry and counts are written with the commit.</summary>
    [Theory, Everywhere(OnlyPostgres = true)]
    public async Task blocking_takes_two_round_trips(Setup setup)
    {
        var turn = 0;
        await CostsAsync(setup, 2, 10, async (tenant, user, _) => await tenant.ScimAsync("PATCH", $"/Users/{user}",
            $$$"""
            {"schemas":["{{{Patch}}}"],"Operations":[{"op":"replace","value":{"active":{{{(turn++ % 2 == 0 ? "false" : "true")}}}}}]}
            """));
    }

    [Theory, Everywhere(OnlyPostgres = true)]
    public async Task replacing_a_profile_takes_two_round_trips(Setup setup)
    {
        var turn = 0;
        await CostsAsync(setup, 2, 8, async (tenant, user, _) => await tenant.ScimAsync("PUT", $"/Users/{user}",
            $$"""{"userName":"ada@corp.example","title":"Title {{turn++}}","active":true}"""));
    }

    [Theory, Everywhere(OnlyPostgres = true)]
    public async Task changing_a_profile_by_operations_takes_two_round_trips(Setup setup)
    {
        var turn = 0;
        await CostsAsync(setup, 2, 8, async (tenant, user, _) => await tenant.ScimAsync("PATCH", $"/Users/{user}",
            $$"""
            {"schemas":["{{Patch}}"],"Operations":[{"op":"Replace","path":"title","value":"Title {{turn++}}"},{"op":"Add","path":"userType",
             "value":"M{{turn}}"}]}
            """));
    }

    /// <summary>Of whatever number of values: they are one statement.</summary>
    [Theory, Everywhere(OnlyPostgres = true)]
    public async Task creating_takes_two_round_trips(Setup setup)
    {
        var turn = 0;
        await CostsAsync(setup, 2, 9, async (tenant, _, _) => await tenant.ScimAsync("POST", "/Users",
            $$"""
            {"userName":"new{{turn++}}@corp.example","displayName":"New One","emails":[{"value":"a@corp.example"},
             {"value":"b@corp.example"}],"externalId":"00u{{turn}}","roles":["Support agent"],"active":true}
            """));
    }

    /// <summary>Where seats are limited: the lock and the count go along. Where few are left, each writer is alone.</summary>
    [Theory, Everywhere(OnlyPostgres = true)]
    public async Task creating_takes_two_round_trips_where_seats_are_limited(Setup setup)
    {
        var turn = 0;
        foreach (var seats in (long[])[500, 100_000])
        {
            await CostsAsync(setup, 2, 11, async (tenant, _, _) => await tenant.ScimAsync("POST", "/Users",
                $$"""
                {"userName":"new{{turn++}}@corp.example","emails":[{"value":"a@corp.example"}],"externalId":"00u{{turn}}",
                 "roles":["Support agent"],"active":true}
                """), seats);
        }
    }

    [Theory, Everywhere(OnlyPostgres = true)]
    public async Task moving_members_takes_two_round_trips_whatever_their_number(Setup setup)
    {
        var turn = 0;
        await CostsAsync(setup, 2, 10, async (tenant, user, group) => await tenant.ScimAsync("PATCH", $"/Groups/{group}",
            $$"""
            {"schemas":["{{Patch}}"],"Operations":[{"op":"{{(turn++ % 2 == 0 ? "add" : "remove")}}","path":"members",
             "value":[{"value":"{{user}}"}]}]}
            """));
    }

    [Theory, Everywhere(OnlyPostgres = true)]
    public async Task a_page_by_cursor_takes_one_round_trip(Setup setup) =>
        await CostsAsync(setup, 1, 3, async (tenant, _, _) => await tenant.ScimAsync("GET", "/Users?cursor&count=2"));

    /// <summary>The position is found and the page read in one, then where it ended is kept.</summary>
    [Theory, Everywhere(OnlyPostgres = true)]
    public async Task a_page_by_position_takes_two_round_trips(Setup setup) =>
        await CostsAsync(setup, 2, 3, async (tenant, _, _) => await tenant.ScimAsync("GET", "/Users?startIndex=2&count=2"));

    /// <summary>However far into the list: half a block at most, of the eight thousand that are passed over.</summary>
    [Theory, Everywhere(OnlyPostgres = true)]
    public async Task a_page_far_into_a_list_reads_few_of_those_before_it(Setup setup)
    {
        const int Pages = 10, HalfBlock = 4_000;
        _ = setup;
        var database = await Servers.NewDatabaseAsync();
        var folder = Directory.CreateTempSubdirectory("provisioning-").FullName;
        await using var service = await Service.StartAsync(oneProcess: true,
            [$"--Data:Folder={folder}", "--Storage:Provider=Postgres", $"--Storage:ConnectionString={database}",
                "--Storage:MigrateAtStart=true"], database);
        var tenant = await service.NewTenantAsync();
        _ = await tenant.NewTeammatesAsync(8_200);
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await Expect.SoonAsync(TimeSpan.FromSeconds(30), async () =>
            await NumberAsync(connection, "SELECT count(*) FROM teammate_counts WHERE is_block") > 1
                && await NumberAsync(connection, "SELECT count(*) FROM teammate_counts WHERE NOT is_block") <= 100);

        var before = await RowsReadAsync(connection);
        for (var page = 0; page < Pages; page++)
        {
            await tenant.ScimAsync("GET", $"/Users?startIndex={8_000 + (page * 7)}&count=2");
        }

        Assert.InRange((await RowsReadAsync(connection) - before) / Pages, 1, HalfBlock + 100);
    }

    /// <summary>A bulk request costs what its operations do, and nothing more.</summary>
    [Theory, Everywhere(OnlyPostgres = true)]
    public async Task a_bulk_request_costs_what_its_operations_do(Setup setup) =>
        await CostsAsync(setup, 4, 20, async (tenant, user, _) =>
        {
            JsonObject Block(string active) =>
                new()
                {
                    ["method"] = "PATCH",
                    ["path"] = $"/Users/{user}",
                    ["data"] =
                    JsonNode.Parse($$$"""{"Operations":[{"op":"replace","value":{"active":{{{active}}}}}]}""")
                };
            return await tenant.ScimAsync("POST", "/Bulk",
                new JsonObject
                {
                    ["schemas"] = new JsonArray("urn:ietf:params:scim:api:messages:2.0:BulkRequest"),
                    ["Operations"] =
                    new JsonArray(Block("false"), Block("true"))
                }.ToJsonString());
        });

    /// <summary>Whatever their number: each table's rows are one statement.</summary>
    [Theory, Everywhere(OnlyPostgres = true)]
    public async Task creates_of_a_bulk_request_take_two_round_trips_together(Setup setup)
    {
        var turn = 0;
        await CostsAsync(setup, 2, 10, async (tenant, _, _) => await tenant.ScimAsync("POST", "/Bulk", new JsonObject
        {
            ["schemas"] = new JsonArray("urn:ietf:params:scim:api:messages:2.0:BulkRequest"),
            ["Operations"] = new JsonArray([.. Enumerable.Range(0, 20).Select(number => new JsonObject
            {
                ["method"] = "POST",
                ["path"] = "/Users",
                ["bulkId"] = $"user{number}",
                ["data"] = JsonNode.Parse($$"""{"userName":"bulk{{turn++}}@corp.example","roles":["Support agent"],"active":true}"""),
            })]),
        }.ToJsonString()));
    }

    /// <summary>
    /// Does something until its statements are prepared, then some times more: background work can only add to one of them.
    /// </summary>
    private static async Task CostsAsync(
        Setup setup, long roundTrips, long statements, Func<Tenant, string, string, Task<Answer>> work, long? seats = null)
    {
        _ = setup;
        await using var wire = new PostgresWire(await Servers.NewDatabaseAsync());
        var folder = Directory.CreateTempSubdirectory("provisioning-").FullName;
        await using var service = await Service.StartAsync(oneProcess: true,
            [$"--Data:Folder={folder}", "--Storage:Provider=Postgres", $"--Storage:ConnectionString={wire.ConnectionString}",
                "--Storage:MigrateAtStart=true"], wire.ConnectionString);
        var tenant = await service.NewTenantAsync(seats: seats);
        await tenant.NewTemplateAsync("Support agent");
        _ = await tenant.NewTeammatesAsync(6);
        var user = (await tenant.NewTeammateAsync()).Id;
        var group = (await tenant.ScimAsync("POST", "/Groups", """{"displayName":"Support"}"""))["id"]!;

        var costs = new List<(long RoundTrips, long Statements)>();
        for (var time = 0; time < 14; time++)
        {
            costs.Add(await wire.CostOfAsync(async () => Assert.InRange((int)(await work(tenant, user, group)).Status, 200, 299)));
        }

        Assert.Equal((roundTrips, statements), costs.Skip(6).Min());
    }

    /// <summary>Rows of teammates read so far, of the table or its indexes.</summary>
    private static Task<long> RowsReadAsync(NpgsqlConnection connection) => RowsRead.ByAsync(connection,
        "SELECT (SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname = 'teammates')::bigint + (SELECT sum(idx_tup_read) FROM "
            + "pg_stat_user_indexes WHERE relname = 'teammates')::bigint");

    private static async Task<long> NumberAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
