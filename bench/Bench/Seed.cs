using System.Globalization;
using Npgsql;

namespace Bench;

/// <summary>
/// Fills a database as the service would have. One teammate of each company is made through SCIM; the others are its rows once
/// more with another number, made by PostgreSQL itself.
/// </summary>
internal static class Seed
{
    /// <summary>The companies, by how many teammates they have.</summary>
    public static readonly IReadOnlyDictionary<string, int> Companies =
        new Dictionary<string, int> { ["small"] = 1_000, ["middle"] = 100_000, ["large"] = 1_000_000 };

    public const int GroupCount = 64;

    private const string Marker = "qqqqqqq";

    public static string TokenOf(string company) => $"bench-{company}-0123456789abcdefghijklmnopqrstuvwxyz";

    public static string IdOf(string company, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"tea_00{Companies.Keys.ToList().IndexOf(company) + 1}{number:d23}");

    public static string GroupOf(int number) => string.Create(CultureInfo.InvariantCulture, $"grp_001{number:d23}");

    /// <summary>From 10 members to all but the last thousand, each group by the same factor larger than the one before.</summary>
    public static int GroupSize(int number) =>
        number == GroupCount - 1 ? Companies["large"] - 1_000 : (int)(10 * Math.Pow(100_000, number / (GroupCount - 1.0)));

    /// <summary>The bootstrap file with the companies, as the service reads it.</summary>
    public static string Bootstrap { get; } = $$"""
        {"companies":[{{string.Join(',', Companies.Keys.Select(company => $$"""
        {"slug":"{{company}}","displayName":"{{company}}","features":{"scim":true,"templates":true},"templates":[
            {"name":"Support agent"}],"tokens":[{"name":"okta","secret":"{{TokenOf(company)}}","connection":"okta"}]}
        """))}}]}
        """;

    /// <summary>Fills the service's tables. The service runs.</summary>
    public static async Task ServiceAsync(NpgsqlDataSource database, Uri service)
    {
        foreach (var (company, count) in Companies)
        {
            using var connection = new Connection(service, TokenOf(company));
            var status = connection.Send("POST", "/v2/Users", Profiles.Of($"user{Marker}@corp.example", "Agent"));
            if (status != 201)
            {
                throw new InvalidOperationException($"The model was answered with {status}.");
            }

            var like = $"(SELECT id FROM companies WHERE slug = '{company}')";
            var id = $"'{IdOf(company, 0)[..^23]}' || lpad(n::text, 23, '0')";
            await RunAsync(database,
                $"""
                SET session_replication_role = replica;
                CREATE TEMPORARY TABLE model AS SELECT * FROM teammates WHERE company_id = {like}
                    AND user_name = 'user{Marker}@corp.example';
                INSERT INTO teammates SELECT (replace(replace(t::text, '{Marker}', lpad(n::text, 7, '0')), t.id, {id})::teammates).*
                    FROM teammates t JOIN model USING (company_id, id), generate_series(1, {count}) n;
                INSERT INTO teammate_values SELECT v.company_id, v.attribute, replace(v.value, '{Marker}', lpad(n::text, 7, '0')), {id}
                FROM teammate_values v JOIN model ON model.company_id = v.company_id
                    AND model.id = v.teammate_id, generate_series(1, {count}) n;
                INSERT INTO teammate_counts (company_id, id, from_id, is_block, active, blocked)
                    SELECT company_id, 'cnt_00000000000000000000000000', '', FALSE, {count}, 0 FROM model;
                DROP TABLE model;
                """);
        }

        var sizes = string.Join(", ",
            Enumerable.Range(0, GroupCount)
                .Select(number => string.Create(CultureInfo.InvariantCulture, $"('{GroupOf(number)}', {GroupSize(number)})")));
        var large = "(SELECT id FROM companies WHERE slug = 'large')";
        await RunAsync(database,
            $"""
            SET session_replication_role = replica;
            INSERT INTO teammate_groups (company_id, id, display_name, display_name_folded, managed_by, version, create_time, update_time)
            SELECT {large}, g.id, g.id, g.id, (SELECT connection_id FROM api_tokens WHERE company_id = {large}), 1, now(), now()
                FROM (VALUES {sizes}) g (id, size);
            INSERT INTO teammate_group_members (company_id, group_id, teammate_id, join_time)
            SELECT {large}, g.id, '{IdOf("large", 0)[..^23]}' || lpad(n::text, 23, '0'), now()
                FROM (VALUES {sizes}) g (id, size), LATERAL generate_series(1, g.size) n;
            """);
        await RunAsync(database, "VACUUM ANALYZE");
        await RunAsync(database, "CHECKPOINT");
    }

    /// <summary>Fills the floor's tables: as many users and members.</summary>
    public static async Task FloorAsync(NpgsqlDataSource database)
    {
        var count = Companies["middle"];
        var profile = Profiles.Of($"user{Marker}@corp.example", "Agent").Replace("'", "''", StringComparison.Ordinal);
        var groups = string.Join(", ", Enumerable.Range(0, GroupCount).Select(number =>
            string.Create(CultureInfo.InvariantCulture, $"('{GroupOf(number)}', {GroupSize(number)})")));
        await RunAsync(database,
            $"""
            CREATE TABLE floor_users (company text COLLATE "C", id text COLLATE "C", user_name text COLLATE "C", profile text, state int,
                version bigint, PRIMARY KEY (company, id), UNIQUE (company, user_name));
            CREATE TABLE floor_members (group_id text COLLATE "C", user_id text COLLATE "C", PRIMARY KEY (group_id, user_id));
            INSERT INTO floor_users SELECT CASE WHEN n <= {count} THEN 'c'
                ELSE 'd' END, '{IdOf("middle", 0)[..^23]}' || lpad(n::text, 23, '0'), 'user' || lpad(n::text, 7, '0') || '@corp.example',
            replace('{profile}', '{Marker}', lpad(n::text, 7, '0')), 1, 1 FROM generate_series(1, {Companies.Values.Sum()}) n;
            INSERT INTO floor_members SELECT g.id, '{IdOf("large", 0)[..^23]}' || lpad(n::text, 23, '0')
            FROM (VALUES {groups}) g (id, size), LATERAL generate_series(1, g.size) n;
            """);
        await RunAsync(database, "VACUUM ANALYZE");
        await RunAsync(database, "CHECKPOINT");
    }

    private static async Task RunAsync(NpgsqlDataSource database, string sql)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }
}
