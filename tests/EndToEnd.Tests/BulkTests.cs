using System.Net;
using System.Text.Json.Nodes;
using EndToEnd.Harness;

namespace EndToEnd;

public sealed class BulkTests
{
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    [Theory, Everywhere]
    [Proves("bulk-id-chain", "bulk-max-operations")]
    public async Task a_thousand_operations_may_refer_to_each_other_in_a_chain(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var operations = Enumerable.Range(0, 1_000).Select(index => new JsonObject
        {
            ["method"] = "POST",
            ["path"] = "/Users",
            ["bulkId"] = $"u{index}",
            ["data"] = new JsonObject
            {
                ["userName"] = $"u{index}@x",
                [Enterprise] = index == 999 ? null : new JsonObject { ["manager"] = new JsonObject { ["value"] = $"bulkId:u{index + 1}" } },
            },
        }.ToJsonString());

        var answer = await tenant.ScimAsync("POST", "/Bulk", Bulk(operations));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var results = answer.Json["Operations"]!.AsArray();
        Assert.Equal(
            Enumerable.Range(0, 1_000).Select(index => $"u{index} 201"), results.Select(each => $"{each!["bulkId"]} {each["status"]}"));
        Assert.Equal(1_000, (await tenant.Operated.Teammates.ListTeammatesAsync(new() { CountOnly = true })).TotalSize);
    }

    [Theory, Everywhere]
    [Proves("bulk-max-payload", "discovery-limits-true")]
    public async Task what_is_larger_than_announced_is_413_and_does_nothing(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var limits = (await tenant.ScimAsync("GET", "/ServiceProviderConfig")).Json["bulk"]!;
        var (payload, operations) = (limits["maxPayloadSize"]!.GetValue<int>(), limits["maxOperations"]!.GetValue<int>());
        const string Make = """{"method":"POST","path":"/Users","bulkId":"a","data":{"userName":"a@x"}}""";

        var large = await tenant.ScimAsync("POST", "/Bulk", Bulk([Make]) + new string(' ', payload));
        var many = await tenant.ScimAsync(
            "POST", "/Bulk", Bulk([Make, .. Enumerable.Repeat("""{"method":"DELETE","path":"/Users/tea_x"}""", operations)]));

        Assert.All((Answer[])[large, many],
            answer => Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "413"), (answer.Status, answer["status"])));
        Assert.Equal(0, (await tenant.Operated.Teammates.ListTeammatesAsync(new() { CountOnly = true })).TotalSize);
    }

    [Theory, Everywhere]
    public async Task an_operation_blocks_as_a_patch_alone_does(Setup setup)
    {
        var tenant = await setup.TenantAsync(scim: false);
        var ada = await tenant.NewTeammateAsync();

        var answer = await tenant.ScimAsync("POST", "/Bulk", Bulk([
            """{"method":"PATCH","path":"/Users/ADA","data":{"Operations":[{"op":"Replace","path":"active","value":"False"}]}}"""
                .Replace("ADA", ada.Id, StringComparison.Ordinal),
            """{"method":"POST","path":"/Users","data":{"userName":"b@x"}}"""]));

        Assert.Equal(["200", "403"], answer.Json["Operations"]!.AsArray().Select(each => each!["status"]!.GetValue<string>()));
        Assert.Equal(
            Provisioning.V1.Teammate.Types.State.Blocked, (await tenant.Operated.Teammates.GetTeammateAsync(new() { Id = ada.Id })).State);
    }

    private static string Bulk(IEnumerable<string> operations) =>
        """{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[""" + string.Join(',', operations) + "]}";
}
