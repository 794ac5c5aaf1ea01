using EndToEnd.Harness;
using Npgsql;
using Provisioning.V1;
using State = Provisioning.V1.Teammate.Types.State;

namespace EndToEnd;

/// <summary>Teammates found as people look for them.</summary>
public sealed class SearchTests
{
    [Theory, Everywhere(OnlyEngines = true)]
    public async Task every_word_begins_a_word_of_the_names_or_mailboxes(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await NewAsync(tenant, "ada.byron@acme.example", "Ada Byron");
        await NewAsync(tenant, "adam@acme.example", "Adam Smith-Jones", mail: "jones.private@home.example");
        await NewAsync(tenant, "grace@acme.example", "Grace Hopper");
        await NewAsync(tenant, "zoe@acme.example", "Zoë Ørsted Ada");

        // Who has the very word comes first, then whose mailbox begins with it, then whose name does.
        Assert.Equal(["zoe@acme.example", "ada.byron@acme.example", "adam@acme.example"], await NamesAsync(tenant, "ADA"));
        Assert.Equal(["ada.byron@acme.example"], await NamesAsync(tenant, "  byr ada "));
        Assert.Equal(["ada.byron@acme.example"], await NamesAsync(tenant, "ada.byron@acme.ex"));
        Assert.Equal(["adam@acme.example"], await NamesAsync(tenant, "jones"));
        Assert.Equal(["adam@acme.example"], await NamesAsync(tenant, "smith-j"));
        Assert.Equal(["adam@acme.example"], await NamesAsync(tenant, "jones.private@home"));
        Assert.Equal(["zoe@acme.example"], await NamesAsync(tenant, "øRSTED zoë"));
        Assert.Empty(await NamesAsync(tenant, "opper"));
        Assert.Empty(await NamesAsync(tenant, "ada grace"));
        Assert.Empty(await NamesAsync(tenant, "%"));
        Assert.Equal(4, (await NamesAsync(tenant, "")).Count);
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task words_follow_the_profile(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var id = await NewAsync(tenant, "ada@acme.example", "Ada Byron");

        await tenant.Operated.Teammates.UpdateTeammateAsync(
            new()
            {
                Teammate = new() { Id = id, Profile = new() { DisplayName = "Ada Lovelace" } },
                UpdateMask =
                new() { Paths = { "profile.display_name" } }
            });
        Assert.Equal((0, 1), ((await NamesAsync(tenant, "byron")).Count, (await NamesAsync(tenant, "lovelace")).Count));
        await tenant.Operated.Teammates.DeleteTeammateAsync(new() { Id = id });

        Assert.Empty(await NamesAsync(tenant, "lovelace"));
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task state_template_and_connection_narrow_what_is_found(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var template = await tenant.NewTemplateAsync("Agent");
        var managed = await tenant.Provider.Teammates.CreateTeammateAsync(
            new()
            {
                Teammate = new()
                {
                    ExternalId = "00u1",
                    Profile = new() { UserName = "ada@x", Roles = { new MultiValue { Value = "Agent" } } },
                },
            });
        var blocked = await tenant.NewTeammateAsync("adam@x");
        await tenant.Operated.Teammates.BlockTeammateAsync(new() { Id = blocked.Id });
        await tenant.NewTeammateAsync("grace@x");
        var connection = (await tenant.Operated.Connections.ListConnectionsAsync(new())).Connections[0].Id;

        Assert.Equal([connection], managed.ConnectionIds);
        foreach (var query in (string[])["", "ad"])
        {
            Assert.Equal(["adam@x"], await FindAsync(tenant, new() { Query = query, State = State.Blocked }));
            Assert.Equal(["ada@x"], await FindAsync(tenant, new() { Query = query, TemplateId = template.Id }));
            Assert.Equal(["ada@x"], await FindAsync(tenant, new() { Query = query, ConnectionId = connection }));
            Assert.Equal(query.Length > 0 ? ["adam@x"] : (string[])["adam@x", "grace@x"],
                await FindAsync(tenant, new() { Query = query, ConnectionId = "none" }));
            Assert.Empty(await FindAsync(tenant, new() { Query = query, State = State.Blocked, ConnectionId = connection }));
        }

        Assert.Equal(["ada@x", "grace@x"], await FindAsync(tenant, new() { State = State.Active }));
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task pages_meet_each_once_and_belong_to_their_search_and_company(Setup setup)
    {
        var (mine, theirs) = (await setup.TenantAsync(), await setup.TenantAsync());
        await mine.NewTeammatesAsync(23, "ada");
        await theirs.NewTeammatesAsync(5, "ada");

        foreach (var query in (string[])["", "ad"])
        {
            var found = await FindAsync(mine, new() { Query = query, PageSize = 5 });
            Assert.Equal(Enumerable.Range(0, 23).Select(index => $"ada{index:d5}@corp.example"), found);
        }

        var token = (await mine.Operated.Teammates.SearchTeammatesAsync(new() { Query = "ad", PageSize = 5 })).NextPageToken;
        await Expect.RefusedAsync(ErrorReason.InvalidPageToken,
            async () => await mine.Operated.Teammates.SearchTeammatesAsync(new() { Query = "ada", PageToken = token }));
        await Expect.RefusedAsync(ErrorReason.InvalidPageToken,
            async () => await theirs.Operated.Teammates.SearchTeammatesAsync(new() { Query = "ad", PageToken = token }));
        await Expect.RefusedAsync(
            ErrorReason.InvalidField, async () => await mine.Operated.Teammates.SearchTeammatesAsync(new() { Query = new('x', 201) }));
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task user_names_with_line_breaks_end_no_walk_and_begin_none_anew(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        string[] names = ["a\nb@x", "a\nc@x", "a\nd\ne@x", "b@x"];
        foreach (var name in names)
        {
            await tenant.NewTeammateAsync(name);
        }

        Assert.Equal(names, await FindAsync(tenant, new() { PageSize = 1 }));
        Assert.Equal(names.Take(3), await FindAsync(tenant, new() { Query = "a", PageSize = 1 }));
    }

    [Theory, Everywhere(OnlyPostgres = true)]
    public async Task teammates_that_lack_words_of_this_version_are_renamed_and_deleted(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var (renamed, deleted) = (
            await NewAsync(tenant, "ada@acme.example", "Ada Byron"), await NewAsync(tenant, "alan@acme.example", "Alan Turing"));
        await using var connection = new NpgsqlConnection(tenant.Service.Postgres);
        await connection.OpenAsync();
        await using var forget = new NpgsqlCommand(
            "DELETE FROM teammate_values WHERE attribute = 'word' AND company_id = $1",
                connection)
        { Parameters = { new() { Value = tenant.Company.Id } } };
        Assert.NotEqual(0, await forget.ExecuteNonQueryAsync());

        await tenant.Operated.Teammates.UpdateTeammateAsync(
            new()
            {
                Teammate = new() { Id = renamed, Profile = new() { DisplayName = "Ada Lovelace" } },
                UpdateMask =
                new() { Paths = { "profile.display_name" } }
            });
        await tenant.Operated.Teammates.DeleteTeammateAsync(new() { Id = deleted });

        Assert.Equal(["ada@acme.example"], await NamesAsync(tenant, "ada love"));
        Assert.Empty(await NamesAsync(tenant, "alan"));
    }

    [Theory, Everywhere(OnlyPostgres = true)]
    public async Task a_rare_one_among_twelve_thousand_is_met_over_pages_that_may_be_empty(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await using var connection = new NpgsqlConnection(tenant.Service.Postgres);
        await connection.OpenAsync();
        await using var seed = new NpgsqlCommand(
            $$"""
            INSERT INTO teammates (company_id, id, user_name, user_name_folded, state, profile, search, external_ids, company_admin,
                version,
                create_time, update_time)
            SELECT '{{tenant.Company.Id}}', 'tea_s' || lpad(n::text, 6, '0'), 'seed' || n, 'seed' || lpad(n::text, 6, '0'), 1,
             '{"userName":"seed' || n || '"}', '{}', '{}', false, 1, now(), now() FROM generate_series(0, 11999) n;
            INSERT INTO teammate_values (company_id, attribute, value, teammate_id) SELECT company_id, 'word', user_name_folded, id
                FROM teammates WHERE company_id = '{{tenant.Company.Id}}';
            """, connection);
        await seed.ExecuteNonQueryAsync();
        await tenant.Provider.Teammates.CreateTeammateAsync(
            new() { Teammate = new() { ExternalId = "1", Profile = new() { UserName = "seedy-last" } } });
        var okta = (await tenant.Operated.Connections.ListConnectionsAsync(new())).Connections[0].Id;

        foreach (var query in (string[])["", "seed"])
        {
            var first = await tenant.Operated.Teammates.SearchTeammatesAsync(new() { Query = query, ConnectionId = okta });
            Assert.Empty(first.Teammates);
            Assert.NotEmpty(first.NextPageToken);
            Assert.Equal(["seedy-last"], await FindAsync(tenant, new() { Query = query, ConnectionId = okta }));
        }
    }

    private static async Task<string> NewAsync(Tenant tenant, string userName, string displayName, string mail = "") =>
        (await tenant.Operated.Teammates.CreateTeammateAsync(new()
        {
            Teammate = new()
            {
                Profile = new()
                {
                    UserName = userName,
                    DisplayName = displayName,
                    Emails = { mail.Length == 0 ? [] : (MultiValue[])[new() { Value = mail }] },
                },
            },
        })).Id;

    private static Task<List<string>> NamesAsync(Tenant tenant, string query) =>
        FindAsync(tenant, new SearchTeammatesRequest { Query = query });

    private static async Task<List<string>> FindAsync(Tenant tenant, SearchTeammatesRequest request)
    {
        var found = new List<string>();
        do
        {
            var page = await tenant.Operated.Teammates.SearchTeammatesAsync(request);
            found.AddRange(page.Teammates.Select(teammate => teammate.Profile.UserName));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return found;
    }
}
