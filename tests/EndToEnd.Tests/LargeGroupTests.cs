using System.Net;
using EndToEnd.Harness;
using Npgsql;

namespace EndToEnd;

/// <summary>
/// A group of 100,000 members, laid straight into PostgreSQL. Runs alone: its rows come in one long transaction, and it counts what is
/// read.
/// </summary>
[CollectionDefinition(nameof(LargeGroupTests), DisableParallelization = true)]
[Collection(nameof(LargeGroupTests))]
public sealed class LargeGroupTests
{
    private const int Members = 100_000, Callers = 64;

    [Theory, Everywhere(OnlyPostgres = true)]
    [Proves("group-any-size", "group-parallel")]
    public async Task a_group_of_a_hundred_thousand_is_patched_by_64_callers_without_its_list_being_read(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var group = await tenant.NewGroupAsync("Everybody");
        var come = await tenant.NewTeammatesAsync(Callers);
        await using var connection = new NpgsqlConnection(tenant.Service.Postgres);
        await connection.OpenAsync();
        await SeedAsync(connection, tenant.Company.Id, group);
        var before = await RowsReadAsync(connection);

        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(index => tenant.ScimAsync("PATCH", $"/Groups/{group}",
            $$"""
            {"Operations":[{"op":"add","path":"members","value":[{"value":"{{come[index]}}"}]},{"op":"remove",
             "path":"members[value eq \"tea_seed{{index:d6}}\"]"}]}
            """)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.NoContent, answer.Status));
        Assert.InRange(await RowsReadAsync(connection) - before, 0, Members / 2);
        await using var count = new NpgsqlCommand(
            "SELECT count(*), count(*) FILTER (WHERE teammate_id = ANY($2)) FROM teammate_group_members WHERE group_id = $1",
                connection)
        { Parameters = { new() { Value = group }, new() { Value = come.ToArray() } } };
        await using var reader = await count.ExecuteReaderAsync();
        await reader.ReadAsync();
        Assert.Equal((Members, Callers), (reader.GetInt64(0), reader.GetInt64(1)));
    }

    private static async Task SeedAsync(NpgsqlConnection connection, string company, string group)
    {
        await using var seed = new NpgsqlCommand(
            $$"""
            INSERT INTO teammates (company_id, id, user_name, user_name_folded, state, profile, search, external_ids, company_admin,
                version,
                create_time, update_time)
            SELECT '{{company}}', 'tea_seed' || lpad(n::text, 6, '0'), 'seed' || n, 'seed' || n, 1, '{"userName":"seed' || n || '"}', '{}',
             '{}', false, 1, now(), now() FROM generate_series(0, {{Members - 1}}) n;
            INSERT INTO teammate_group_members (company_id, group_id, teammate_id, join_time)
            SELECT '{{company}}', '{{group}}', 'tea_seed' || lpad(n::text, 6, '0'), now() FROM generate_series(0, {{Members - 1}}) n;
            ANALYZE teammates, teammate_group_members;
            """, connection);
        await seed.ExecuteNonQueryAsync();
    }

    /// <summary>Rows of memberships read so far.</summary>
    private static Task<long> RowsReadAsync(NpgsqlConnection connection) => RowsRead.ByAsync(connection,
        "SELECT coalesce(sum(seq_tup_read + idx_tup_fetch), 0)::bigint FROM pg_stat_user_tables WHERE relname = 'teammate_group_members'");
}
