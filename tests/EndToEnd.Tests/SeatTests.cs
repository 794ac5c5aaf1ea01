using EndToEnd.Harness;
using Npgsql;
using Provisioning.Client;
using Provisioning.V1;

namespace EndToEnd;

public sealed class SeatTests
{
    [Theory, Everywhere]
    public async Task a_block_frees_the_seat_and_unblocking_needs_one(Setup setup)
    {
        var tenant = await setup.TenantAsync(seats: 1);
        var ada = await tenant.NewTeammateAsync("ada@x");

        var full = await tenant.ScimAsync("POST", "/Users", """{"userName":"bob@x"}""");
        Assert.Equal(403, (int)full.Status);
        Assert.Contains("1 seats", full["detail"], StringComparison.Ordinal);

        await tenant.Provider.Teammates.BlockTeammateAsync(new() { Id = ada.Id });
        Assert.Equal(201, (int)(await tenant.ScimAsync("POST", "/Users", """{"userName":"bob@x"}""")).Status);
        await Expect.RefusedAsync(
            ErrorReason.SeatLimitReached, async () => await tenant.Provider.Teammates.UnblockTeammateAsync(new() { Id = ada.Id }));
    }

    [Theory, Everywhere]
    public async Task a_taken_name_is_a_conflict_even_when_no_seat_is_left(Setup setup)
    {
        var tenant = await setup.TenantAsync(seats: 1);
        await tenant.NewTeammateAsync("ada@x");

        Assert.Equal(409, (int)(await tenant.ScimAsync("POST", "/Users", """{"userName":"ADA@x"}""")).Status);
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task parallel_creates_take_exactly_the_seats_there_are(Setup setup)
    {
        var tenant = await setup.TenantAsync(seats: 12);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(async number =>
        {
            try
            {
                await tenant.Provider.Teammates.CreateTeammateAsync(
                    new() { Teammate = new() { Profile = new() { UserName = $"u{number}@x" } } });
                return true;
            }
            catch (ProvisioningException refusal) when (refusal.Reason == ErrorReason.SeatLimitReached)
            {
                return false;
            }
        }));

        Assert.Equal(12, outcomes.Count(done => done));
        using var operators = tenant.Service.Operator();
        Assert.Equal(12, (await operators.Companies.GetCompanyAsync(new() { Id = tenant.Company.Id })).ActiveTeammateCount);
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task parallel_creates_of_one_name_make_one_teammate(Setup setup)
    {
        var tenant = await setup.TenantAsync();

        var statuses = await Task.WhenAll(Enumerable.Range(0, 16).Select(async number =>
            (int)(await tenant.ScimAsync("POST", "/Users", $$"""{"userName":"{{(number % 2 == 0 ? "ada" : "ADA")}}@x"}""")).Status));

        Assert.Equal(1, statuses.Count(status => status == 201));
        Assert.Equal(15, statuses.Count(status => status == 409));
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task parallel_patches_of_one_teammate_all_take_effect(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ada = await tenant.NewTeammateAsync();

        var statuses = await Task.WhenAll(Enumerable.Range(0, 8).Select(async number =>
            (int)(await tenant.ScimAsync("PATCH", $"/Users/{ada.Id}",
                $$"""{"Operations":[{"op":"add","path":"emails","value":[{"value":"e{{number}}@x","type":"t{{number}}"}]}]}""")).Status));

        Assert.All(statuses, status => Assert.Equal(200, status));
        Assert.Equal(8, (await tenant.Provider.Teammates.GetTeammateAsync(new() { Id = ada.Id })).Profile.Emails.Count);
    }

    /// <summary>With plenty of seats left a create needs the transaction no more to itself than without a limit.</summary>
    [Fact]
    public async Task parallel_creates_share_transactions_where_seats_are_limited()
    {
        const int Creates = 400;
        Assert.SkipUnless(Servers.Postgres is not null, Servers.WhyNot(Setup.PostgresOneProcess) ?? "");
        await using var service = await Service.StartAsync(Setup.PostgresOneProcess);
        var tenant = await service.NewTenantAsync(seats: 100_000);
        await using var connection = new NpgsqlConnection(service.Postgres);
        await connection.OpenAsync();
        _ = await tenant.NewTeammatesAsync(50, "before");

        var before = await TransactionsAsync(connection);
        _ = await tenant.NewTeammatesAsync(Creates);
        var transactions = await TransactionsAsync(connection) - before;

        Assert.InRange(transactions, 1, Creates / 2);
    }

    /// <summary>How many transactions made the teammates that there are. Other databases of the server do not count.</summary>
    private static async Task<long> TransactionsAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("SELECT count(DISTINCT xmin::text) FROM teammates", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
