using System.Net;
using System.Text.Json.Nodes;
using CsCheck;
using EndToEnd.Harness;

namespace EndToEnd;

/// <summary>Walks through lists that change underneath, and writers who come at once.</summary>
public sealed class ListTests
{
    private const int Size = 7;

    [Theory, Everywhere]
    [Proves("cursor-walk")]
    public Task a_walk_by_cursor_meets_everybody_who_stays_exactly_once(Setup setup) => WalkAsync(setup, "", byCursor: true);

    [Theory, Everywhere]
    [Proves("cursor-walk")]
    public Task so_does_a_sorted_one(Setup setup) => WalkAsync(setup, "&sortBy=title&sortOrder=descending", byCursor: true);

    [Theory, Everywhere]
    [Proves("index-walk")]
    public Task a_walk_by_start_index_meets_everybody_who_stays_exactly_once(Setup setup) => WalkAsync(setup, "", byCursor: false);

    [Theory, Everywhere]
    [Proves("index-walk")]
    public Task so_does_a_filtered_one(Setup setup) => WalkAsync(setup, "&filter=active eq true", byCursor: false);

    [Theory, Everywhere]
    [Proves("index-walk")]
    public async Task a_walk_that_ended_stays_ended_whoever_comes(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await tenant.NewTeammatesAsync(10, "m");
        const string Sorted = "&count=5&sortBy=userName";
        var met = Ids(await PageAsync(tenant, "startIndex=1" + Sorted));
        await tenant.NewTeammatesAsync(3, "a");

        met.AddRange(Ids(await PageAsync(tenant, "startIndex=6" + Sorted)));
        var past = await PageAsync(tenant, "startIndex=11" + Sorted);

        Assert.Equal(10, met.Distinct().Count());
        Assert.Equal((0, 10), (Ids(past).Count, past["totalResults"]!.GetValue<int>()));
    }

    [Theory, Everywhere]
    [Proves("cursor-with-sort")]
    public async Task long_names_beyond_ascii_are_walked_by_cursor(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var names = Enumerable.Range(0, 3).Select(index => new string('漢', 499) + index).ToList();
        foreach (var name in names)
        {
            await tenant.NewTeammateAsync(name);
        }

        var (met, cursor) = (new List<string>(), "");
        do
        {
            var page = await PageAsync(tenant, $"cursor={cursor}&count=1&sortBy=userName");
            met.AddRange(Ids(page));
            cursor = page["nextCursor"]?.GetValue<string>() ?? "";
        }
        while (cursor.Length > 0);

        Assert.Equal(3, met.Distinct().Count());
    }

    [Theory, Everywhere]
    public async Task a_walk_interrupted_by_a_glance_elsewhere_goes_on(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var all = await tenant.NewTeammatesAsync(20);
        var met = Ids(await PageAsync(tenant, $"startIndex=1&count={Size}"));
        await PageAsync(tenant, "startIndex=1&count=2");
        await tenant.ScimAsync("DELETE", $"/Users/{met[0]}");

        met.AddRange(Ids(await PageAsync(tenant, $"startIndex={Size + 1}&count={Size}")));

        Assert.Equal(all.Order(StringComparer.Ordinal).Take(2 * Size), met);
    }

    [Theory, Everywhere]
    [Proves("if-match-race")]
    public async Task of_many_writers_with_one_version_one_succeeds(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ada = await tenant.NewTeammateAsync();
        var group = await tenant.NewGroupAsync("Support");
        var condition = new Dictionary<string, string> { ["If-Match"] = "W/\"1\"" };
        Task<Answer> Put(string path, string body) =>
            Tenant.SendAsync(
                new(tenant.Service.Scim, "/v2" + path), "PUT", body, "Bearer " + tenant.Token, "application/scim+json", condition);

        var users = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(index => Put($"/Users/{ada.Id}", $$"""{"userName":"ada@corp.example","title":"{{index}}"}""")));
        var groups = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(index => Put($"/Groups/{group}", $$"""{"displayName":"Support {{index}}"}""")));

        Assert.Equal([1, 1], ((Answer[][])[users, groups]).Select(answers => answers.Count(answer => answer.Status == HttpStatusCode.OK)));
        Assert.Equal([11, 11],
            ((Answer[][])[users, groups]).Select(answers => answers.Count(answer => answer.Status == HttpStatusCode.PreconditionFailed)));
    }

    private static Task WalkAsync(Setup setup, string query, bool byCursor) => Gen.Int.Array[40].SampleAsync(async choices =>
    {
        var tenant = await setup.TenantAsync();
        var staying = (await tenant.NewTeammatesAsync(30)).ToHashSet();
        var (met, cursor, next, made) = (new List<string>(), "", 1, 0);
        foreach (var choice in choices)
        {
            var page = await PageAsync(tenant, (byCursor ? $"cursor={cursor}" : $"startIndex={next}") + $"&count={Size}{query}");
            var ids = Ids(page);
            met.AddRange(ids);
            next += ids.Count;
            cursor = page["nextCursor"]?.GetValue<string>() ?? "";
            if (byCursor ? cursor.Length == 0 : ids.Count == 0 || next > page["totalResults"]!.GetValue<int>())
            {
                break;
            }

            // Somebody met and somebody not met leave, and somebody comes.
            foreach (var leaver in (string?[])[
                staying.FirstOrDefault(met.Contains), staying.Except(met).ElementAtOrDefault(Math.Abs(choice % 9))])
            {
                if (leaver is not null && staying.Remove(leaver))
                {
                    Assert.Equal(HttpStatusCode.NoContent, (await tenant.ScimAsync("DELETE", $"/Users/{leaver}")).Status);
                }
            }

            await tenant.NewTeammateAsync($"new{made++}@x");
        }

        Assert.Equal(met.Count, met.Distinct().Count());
        Assert.Empty(staying.Except(met));
    }, iter: 3, threads: 1);

    private static async Task<JsonObject> PageAsync(Tenant tenant, string query)
    {
        var answer = await tenant.ScimAsync("GET", "/Users?" + query);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        Assert.Equal(answer.Json["itemsPerPage"]!.GetValue<int>(), Ids(answer.Json).Count);
        return answer.Json;
    }

    private static List<string> Ids(JsonObject page) => [.. page["Resources"]!.AsArray().Select(each => each!["id"]!.GetValue<string>())];
}
