using EndToEnd.Harness;
using Npgsql;

namespace EndToEnd;

/// <summary>Writers of one thing take turns, and whoever waited decides by what is there then.</summary>
public sealed class LockTests
{
    private const int Times = 6;

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task a_delete_that_comes_several_times_at_once_is_answered_alike(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var (id, request) = ((await tenant.NewTeammateAsync()).Id, Guid.NewGuid().ToString());

        await Task.WhenAll(Enumerable.Range(0, Times)
            .Select(_ => tenant.Person.Teammates.DeleteTeammateAsync(new() { Id = id, RequestId = request }).ResponseAsync));
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task a_block_under_an_etag_that_comes_several_times_at_once_is_answered_alike(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var (teammate, request) = (await tenant.NewTeammateAsync(), Guid.NewGuid().ToString());

        var replies = await Task.WhenAll(Enumerable.Range(0, Times).Select(_ =>
            tenant.Person.Teammates.BlockTeammateAsync(
                new() { Id = teammate.Id, Etag = teammate.Etag, RequestId = request }).ResponseAsync));

        Assert.All(replies, reply => Assert.Equal(replies[0], reply));
    }

    [Theory, Everywhere(OnlyPostgres = true)]
    public async Task who_waited_for_a_group_goes_by_the_external_id_that_was_written_meanwhile(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var group = (await tenant.ScimAsync("POST", "/Groups", """{"displayName":"Support","externalId":"old"}"""))["id"]!;
        await using var other = new NpgsqlConnection(tenant.Service.Postgres);
        await other.OpenAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await RunAsync(other, "UPDATE teammate_groups SET version = version + 1 WHERE id = $1", group);
        await RunAsync(other, "UPDATE teammate_group_external_ids SET value = 'new', key = 'new' WHERE group_id = $1", group);

        var waiting = tenant.ScimAsync(
            "PATCH", $"/Groups/{group}", """{"Operations":[{"op":"replace","path":"externalId","value":"old"}]}""");
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.False(waiting.IsCompleted);
        await transaction.CommitAsync();

        Assert.Equal(204, (int)(await waiting).Status);
        Assert.Equal("old", (await tenant.ScimAsync("GET", $"/Groups/{group}"))["externalId"]);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, string group)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = group } } };
        await command.ExecuteNonQueryAsync();
    }
}
