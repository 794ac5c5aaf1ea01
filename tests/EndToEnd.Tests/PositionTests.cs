using System.Text.Json.Nodes;
using EndToEnd.Harness;
using Npgsql;

namespace EndToEnd;

/// <summary>Positions are found by blocks of neighbours that are counted: they must be what walking says, whatever came and went.</summary>
public sealed class PositionTests
{
    private const int Count = 8_800, InRequest = 800;

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task positions_and_totals_are_right_before_and_after_counts_are_folded(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        for (var request = 0; request < Count / InRequest; request++)
        {
            var operations = Enumerable.Range(request * InRequest, InRequest).Select(number => (JsonNode)new JsonObject
            {
                ["method"] = "POST",
                ["path"] = "/Users",
                ["bulkId"] = $"b{number}",
                ["data"] = new JsonObject { ["userName"] = $"u{number:d5}@corp.example" },
            });
            await tenant.ScimAsync("POST", "/Bulk", new JsonObject
            {
                ["schemas"] = new JsonArray("urn:ietf:params:scim:api:messages:2.0:BulkRequest"),
                ["Operations"] = new JsonArray([.. operations]),
            }.ToJsonString());
        }

        await CheckAsync(tenant);
        await FoldedAsync(tenant);
        await CheckAsync(tenant);

        var ids = await WalkAsync(tenant);
        foreach (var id in ids.Where((_, index) => index % 41 == 0).Append(ids[4000]).Append(ids[^1]).Distinct())
        {
            await tenant.ScimAsync("DELETE", $"/Users/{id}");
        }

        await tenant.NewTeammatesAsync(7);
        await tenant.ScimAsync("PATCH", $"/Users/{ids[5]}", """{"Operations":[{"op":"replace","value":{"active":false}}]}""");
        await CheckAsync(tenant);
    }

    private static async Task CheckAsync(Tenant tenant)
    {
        var walked = await WalkAsync(tenant);
        foreach (var start in new[] { 2, 3, 1000, 2001, 3000, 3900, 3998, 3999, 4000, 4001, 4002, 6100, 7900, 8001, walked.Count - 1,
            walked.Count, walked.Count + 1 })
        {
            var page = (await tenant.ScimAsync("GET", $"/Users?startIndex={start}&count=3&attributes=userName")).Json;
            var shown = ((JsonArray?)page["Resources"] ?? []).Select(user => user!["id"]!.GetValue<string>());
            Assert.Equal(walked.Skip(start - 1).Take(3), shown);
            Assert.Equal(walked.Count, page["totalResults"]!.GetValue<int>());
        }
    }

    private static async Task<List<string>> WalkAsync(Tenant tenant)
    {
        var ids = new List<string>();
        for (var cursor = ""; cursor is not null;)
        {
            var page = (await tenant.ScimAsync("GET", $"/Users?cursor={Uri.EscapeDataString(cursor)}&count=1000&attributes=userName")).Json;
            ids.AddRange(((JsonArray)page["Resources"]!).Select(user => user!["id"]!.GetValue<string>()));
            cursor = page["nextCursor"]?.GetValue<string>();
        }

        return ids;
    }

    /// <summary>
    /// Waits until the background job has made more than one block; on SQLite, which only the service may open, as long as it takes.
    /// </summary>
    private static async Task FoldedAsync(Tenant tenant)
    {
        if (tenant.Service.Postgres is not { } database)
        {
            await Task.Delay(TimeSpan.FromSeconds(13));
            return;
        }

        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await Expect.SoonAsync(TimeSpan.FromSeconds(30), async () =>
        {
            await using var count = new NpgsqlCommand(
                "SELECT count(*) FROM teammate_counts WHERE company_id = $1 AND is_block",
                    connection)
            { Parameters = { new() { Value = tenant.Company.Id } } };
            return (long)(await count.ExecuteScalarAsync())! > 1;
        });
    }
}
