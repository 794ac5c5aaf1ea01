using EndToEnd.Harness;
using Npgsql;
using Provisioning.V1;

namespace EndToEnd;

public sealed class RetentionTests
{
    [Fact]
    public async Task what_is_past_its_retention_goes_and_counts_stay_right()
    {
        Assert.SkipUnless(Servers.Postgres is not null, Servers.WhyNot(Setup.PostgresOneProcess) ?? "");
        await using var service = await Service.StartAsync(Setup.PostgresOneProcess);
        var tenant = await service.NewTenantAsync(seats: 151);
        string resume;
        using (var watch = tenant.Person.Teammates.WatchChanges(new()))
        {
            Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
            resume = watch.ResponseStream.Current.ResumeToken;
        }

        for (var number = 0; number < 150; number++)
        {
            await tenant.NewTeammateAsync($"u{number}@x");
        }

        await using var connection = new NpgsqlConnection(service.Postgres);
        await connection.OpenAsync();
        await RunAsync(connection, "UPDATE changes SET time = time - interval '100 days'");
        await RunAsync(connection, "UPDATE log_entries SET time = time - interval '500 days'");

        await using var later = await Service.StartAsync(oneProcess: true, service.Settings, service.Postgres);
        await Expect.SoonAsync(TimeSpan.FromSeconds(20),
            async () => await CountAsync(connection, "teammate_counts") <= 101 && await CountAsync(connection, "changes") == 1);

        Assert.Equal(0, await CountAsync(connection, "log_entries WHERE time < now() - interval '400 days'"));
        await Expect.RefusedAsync(ErrorReason.ResumeTokenExpired, async () =>
        {
            using var watch = tenant.Person.Teammates.WatchChanges(new() { ResumeToken = resume });
            await watch.ResponseStream.MoveNext(CancellationToken.None);
        });
        await tenant.NewTeammateAsync("last@x");
        await Expect.RefusedAsync(ErrorReason.SeatLimitReached, () => tenant.NewTeammateAsync("one-too-many@x"));
        Assert.Equal(151, (await tenant.Operated.Companies.GetCompanyAsync(new() { Id = tenant.Company.Id })).ActiveTeammateCount);
    }

    /// <summary>Pages by position would pass over each of them.</summary>
    [Fact]
    public async Task counts_that_are_folded_are_cleaned_away()
    {
        Assert.SkipUnless(Servers.Postgres is not null, Servers.WhyNot(Setup.PostgresOneProcess) ?? "");
        await using var service = await Service.StartAsync(Setup.PostgresOneProcess);
        var tenant = await service.NewTenantAsync();

        _ = await tenant.NewTeammatesAsync(1_200);

        await using var connection = new NpgsqlConnection(service.Postgres);
        await connection.OpenAsync();
        await Expect.SoonAsync(TimeSpan.FromSeconds(20),
            async () => await CountAsync(connection, "pg_stat_user_tables WHERE relname = 'teammate_counts' AND vacuum_count > 0") == 1);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<long> CountAsync(NpgsqlConnection connection, string table)
    {
        await using var command = new NpgsqlCommand($"SELECT count(*) FROM {table}", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
