using EndToEnd.Harness;
using Provisioning.Client;
using Provisioning.V1;

namespace EndToEnd;

/// <summary>What an operator meets: commands, settings, the bootstrap file, the first start.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task a_database_that_is_not_there_yet_is_made()
    {
        Assert.SkipUnless(Servers.Postgres is not null, Servers.WhyNot(Setup.PostgresOneProcess) ?? "");
        var postgres = new Npgsql.NpgsqlConnectionStringBuilder(Servers.Postgres) { Database = $"test_{Guid.NewGuid():n}" }.ToString();
        var folder = Directory.CreateTempSubdirectory("provisioning-").FullName;

        await using var service = await Service.StartAsync(oneProcess: true,
            [$"--Data:Folder={folder}", "--Storage:Provider=Postgres", $"--Storage:ConnectionString={postgres}",
                "--Storage:MigrateAtStart=true"], postgres);

        Assert.NotEmpty((await (await service.NewTenantAsync()).NewTeammateAsync()).Id);
    }

    [Fact]
    public async Task the_first_start_prints_what_a_newcomer_needs_once()
    {
        var folder = Directory.CreateTempSubdirectory("provisioning-").FullName;
        string[] settings = [$"--Data:Folder={folder}", "--Listen:Http=http://127.0.0.1:0", "--Listen:Grpc=http://127.0.0.1:0"];
        await using (var first = await RunningProgram.StartAsync("Standalone", settings))
        {
            await Expect.SoonAsync(
                TimeSpan.FromSeconds(10), () => Task.FromResult(first.Output.Contains("the data stays", StringComparison.Ordinal)));
            var token = first.Output.Split('\n').Single(line => line.Contains("API token   ", StringComparison.Ordinal))
                .Split("API token")[1].Trim();
            Assert.Contains($"{first.Addresses[0]}v2", first.Output, StringComparison.Ordinal);
            Assert.Matches($"{first.Addresses[0]}sign-in#[0-9a-z]{{52}}\n", first.Output);
            Assert.Contains(folder, first.Output, StringComparison.Ordinal);
            Assert.Equal(3, first.Output.Split("curl -s").Length - 1);
            var users = await Tenant.SendAsync(new Uri(first.Addresses[0], "/v2/Users"), "GET", null, "Bearer " + token, "");
            Assert.Equal("1", users["totalResults"]);
            Assert.Equal(0, await first.StopAsync());
        }

        await using var second = await RunningProgram.StartAsync("Standalone", settings);
        await Expect.SoonAsync(
            TimeSpan.FromSeconds(10), () => Task.FromResult(second.Output.Contains("is ready", StringComparison.Ordinal)));
        Assert.DoesNotContain("tp_", second.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("sign-in#", second.Output, StringComparison.Ordinal);
    }

    [Theory, Everywhere]
    public async Task commands_print_a_token_alone_while_the_service_runs(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var project = setup is Setup.SqliteOneProcess or Setup.PostgresOneProcess ? "Standalone" : "Provisioning.Grpc";

        var (code, output, _) = await RunningProgram.RunAsync(
            project, ["service-token", "inbox", "teammates:read", "changes:read", .. tenant.Service.Settings]);

        Assert.Equal(0, code);
        Assert.Matches("^tp_[0-9a-z]{59}\n$", output);
        using var service = ProvisioningClient.Connect(tenant.Service.Grpc, output.Trim(), tenant.Company.Slug);
        await service.Teammates.ListTeammatesAsync(new());
        await Expect.RefusedAsync(ErrorReason.ScopeMissing, async () => await service.Companies.ListCompaniesAsync(new()));
    }

    [Theory]
    [InlineData("service-token inbox nonsense", "nonsense")]
    [InlineData("service-token inbox operator", "operator")]
    [InlineData("operator-token", "one name")]
    [InlineData("frobnicate", "There is no command frobnicate")]
    [InlineData("--Storage:Provider=Oracle", "Storage:Provider")]
    [InlineData("--Storage:Provider=Postgres", "Storage:ConnectionString")]
    [InlineData("--Storage:Provider=Postgres --Storage:ConnectionString=Host=127.0.0.1;Port=1;Timeout=2", "Storage:ConnectionString")]
    [InlineData("--Storage:Provider=Postgres --Storage:ConnectionString=nonsense", "Storage:ConnectionString")]
    [InlineData("--Storage:MigrateAtStart=perhaps", "Storage:MigrateAtStart")]
    [InlineData("--Listen:Http=nowhere", "Listen:Http")]
    [InlineData("--Retention:LogDays=0", "Retention:LogDays")]
    [InlineData("--Bootstrap:File=/nowhere/bootstrap.json", "Bootstrap:File")]
    [InlineData("--Scim:PublicUrl=nowhere", "Scim:PublicUrl")]
    [InlineData("--Proxies:Known=proxy", "Proxies:Known")]
    [InlineData("--Data:Folder=/proc/nowhere", "Data:")]
    public async Task what_is_wrong_stops_the_start_with_one_sentence_that_names_it(string arguments, string named)
    {
        var folder = Directory.CreateTempSubdirectory("provisioning-").FullName;

        var (code, output, error) = await RunningProgram.RunAsync("Standalone",
            [.. arguments.Split(' '), .. arguments.Contains("Data:Folder", StringComparison.Ordinal) ? []
                : (string[])[$"--Data:Folder={folder}"], .. arguments.Contains("Listen", StringComparison.Ordinal) ? []
                    : (string[])["--Listen:Http=http://127.0.0.1:0", "--Listen:Grpc=http://127.0.0.1:0"]]);

        Assert.Equal((2, ""), (code, output));
        Assert.Single(error.Trim().Split('\n'));
        Assert.Contains(named, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "companies": [ { "displayName": "Acme" } ] }""", "slug")]
    [InlineData("""{ "companies": [ { "slug": "Acme Inc" } ] }""", "slug")]
    [InlineData("""{ "companies": [ { "slug": "acme", "tokens": [ { "secret": "short" } ] } ] }""", "secret")]
    [InlineData("""{ "companies": [ { "slug": "acme", "tokens": [ { "scopes": ["everything"] } ] } ] }""", "everything")]
    [InlineData("""{ "companies": [ { "slug": "acme", "seatLimit": -1 } ] }""", "seat_limit")]
    [InlineData("""{ "companies": [ { "slug": "acme", "seatlimits": 3 } ] }""", "seatlimits")]
    [InlineData("""{ "companies": [ """, "form")]
    public async Task a_wrong_bootstrap_file_stops_the_start(string content, string named)
    {
        var folder = Directory.CreateTempSubdirectory("provisioning-").FullName;
        var file = Path.Combine(folder, "bootstrap.json");
        await File.WriteAllTextAsync(file, content);

        var (code, _, error) = await RunningProgram.RunAsync("Provisioning.Grpc", $"--Data:Folder={folder}", $"--Bootstrap:File={file}",
            "--Listen:Http=http://127.0.0.1:0", "--Listen:Grpc=http://127.0.0.1:0");

        Assert.Equal(2, code);
        Assert.Contains("Bootstrap:File", error, StringComparison.Ordinal);
        Assert.Contains(named, error, StringComparison.Ordinal);
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task the_bootstrap_file_is_applied_again_and_by_several_processes_at_once_without_harm(Setup setup)
    {
        const string Secret = "a-fixed-secret-for-tests-of-at-least-32-chars";
        await using var service = await Service.StartAsync(setup);
        var file = Path.Combine(Directory.CreateTempSubdirectory("provisioning-").FullName, "bootstrap.json");
        await File.WriteAllTextAsync(file, $$"""
            { "companies": [ {
                "slug": "acme", "displayName": "Acme", "seatLimit": 500,
                "features": { "scim": true, "templates": true },
                "templates": [ { "name": "Support agent" } ],
                "tokens": [ { "name": "okta", "scopes": ["auto_provisioning"], "secret": "{{Secret}}" } ]
            } ] }
            """);
        string[] settings = [.. service.Settings, $"--Bootstrap:File={file}"];

        var copies = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(_ => Service.StartAsync(oneProcess: true, settings, service.Postgres)));

        using var client = ProvisioningClient.Connect(copies[1].Grpc, Secret);
        var ada = await client.Teammates.CreateTeammateAsync(
            new() { Teammate = new() { Profile = new() { UserName = "ada@x", Roles = { new MultiValue { Value = "Support agent" } } } } });
        Assert.Equal("Support agent", ada.TemplateAssignment.TemplateName);
        using var operated = copies[0].Operator("acme");
        Assert.Equal(500, (await operated.Companies.GetCompanyAsync(new() { Id = "acme" })).SeatLimit);
        Assert.Single((await operated.Templates.ListTeammateTemplatesAsync(new())).TeammateTemplates);
        var token = Assert.Single((await operated.ApiTokens.ListApiTokensAsync(new())).ApiTokens);

        await operated.ApiTokens.RevokeApiTokenAsync(new() { Id = token.Id });
        await using var later = await Service.StartAsync(oneProcess: true, settings, service.Postgres);
        using var revoked = ProvisioningClient.Connect(later.Grpc, Secret);
        await Expect.RefusedAsync(ErrorReason.TokenRevoked, async () => await revoked.Teammates.ListTeammatesAsync(new()));
        foreach (var copy in copies)
        {
            await copy.DisposeAsync();
        }
    }

    [Fact]
    public async Task on_postgres_migrations_are_a_command_unless_the_setting_says_otherwise()
    {
        Assert.SkipUnless(Servers.Postgres is not null, Servers.WhyNot(Setup.PostgresOneProcess) ?? "");
        var folder = Directory.CreateTempSubdirectory("provisioning-").FullName;
        string[] settings = [$"--Data:Folder={folder}", "--Storage:Provider=Postgres",
            $"--Storage:ConnectionString={await Servers.NewDatabaseAsync()}", "--Listen:Http=http://127.0.0.1:0",
                "--Listen:Grpc=http://127.0.0.1:0"];

        var (code, _, error) = await RunningProgram.RunAsync("Provisioning.Grpc", settings);
        Assert.Equal(2, code);
        Assert.Contains("Storage:MigrateAtStart", error, StringComparison.Ordinal);
        Assert.Equal(0, (await RunningProgram.RunAsync("Provisioning.Grpc", ["migrate", .. settings])).Code);
        await using var started = await RunningProgram.StartAsync("Provisioning.Grpc", settings);
        Assert.Equal(2, started.Addresses.Count);
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task a_database_from_before_the_first_release_is_refused_in_one_sentence(Setup setup)
    {
        var folder = Directory.CreateTempSubdirectory("provisioning-").FullName;
        var isSqlite = setup is Setup.SqliteOneProcess;
        var database = isSqlite ? $"Data Source={Path.Combine(folder, "old.db")}" : await Servers.NewDatabaseAsync();
        await using (System.Data.Common.DbConnection connection = isSqlite ? new Microsoft.Data.Sqlite.SqliteConnection(database)
            : new Npgsql.NpgsqlConnection(database))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = """
                CREATE TABLE "__EFMigrationsHistory" ("MigrationId" VARCHAR(150) NOT NULL PRIMARY KEY,
                    "ProductVersion" VARCHAR(32) NOT NULL);
                INSERT INTO "__EFMigrationsHistory" VALUES ('20261124020141_Initial', '10.0.14');
                """;
            await command.ExecuteNonQueryAsync();
        }

        var (code, _, error) = await RunningProgram.RunAsync("Provisioning.Grpc",
            [$"--Data:Folder={folder}", $"--Storage:Provider={(isSqlite ? "Sqlite" : "Postgres")}",
                $"--Storage:ConnectionString={database}", "--Storage:MigrateAtStart=true", "--Listen:Http=http://127.0.0.1:0",
                    "--Listen:Grpc=http://127.0.0.1:0"]);

        Assert.Equal(2, code);
        Assert.Contains("before the first release", Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_script_lists_and_blocks_and_says_what_failed()
    {
        var tenant = await Setup.SqliteOneProcess.TenantAsync();
        await tenant.NewTeammateAsync("admin@x", admin: true);
        await tenant.NewTeammateAsync("ada@x");
        var token = await tenant.NewTokenAsync("script", Scope.TeammatesRead, Scope.TeammatesWrite);
        var environment = new Dictionary<string, string>
        {
            ["PROVISIONING_ADDRESS"] =
            tenant.Service.Grpc.ToString(),
            ["PROVISIONING_TOKEN"] = token.Value
        };

        var moved = await RunningProgram.RunScriptAsync("teammates.cs", environment, "block", "ada@x", "admin@x", "nobody@x");
        Assert.Equal(1, moved.Code);
        Assert.Equal(["[1/3] ada@x: blocked",
            "[2/3] admin@x: admin@x is the last active company admin. Make another teammate a company admin first.",
                "[3/3] nobody@x: there is no such teammate"],
            moved.Output.Trim().Split('\n'));
        var listed = await RunningProgram.RunScriptAsync("teammates.cs", environment, "list");
        Assert.Equal((0, "2 teammates."), (listed.Code, listed.Error.Trim()));
        Assert.Matches("(?m)^Blocked +ada@x", listed.Output);
        environment["PROVISIONING_TOKEN"] = "wrong";
        var refused = await RunningProgram.RunScriptAsync("teammates.cs", environment, "list");
        Assert.Equal(1, refused.Code);
        Assert.StartsWith("The token is not accepted", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_database_made_with_another_root_key_is_refused()
    {
        var (one, two) = (
            Directory.CreateTempSubdirectory("provisioning-").FullName, Directory.CreateTempSubdirectory("provisioning-").FullName);
        Assert.Equal(0, (await RunningProgram.RunAsync("Provisioning.Grpc", "migrate", $"--Data:Folder={one}")).Code);

        var (code, _, error) = await RunningProgram.RunAsync(
            "Provisioning.Grpc", "migrate", $"--Data:Folder={two}", $"--Storage:ConnectionString=Data Source={one}/provisioning.db");

        Assert.Equal(2, code);
        Assert.Contains("Data:KeyFile", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_front_end_without_its_core_answers_in_scims_form()
    {
        await using var scim = await RunningProgram.StartAsync(
            "Scim.Rest", "--Listen:Http=http://127.0.0.1:0", "--Core:Address=http://127.0.0.1:1");

        var answer = await Tenant.SendAsync(new Uri(scim.Addresses[0], "/v2/Users"), "GET", null, "Bearer x", "");

        Assert.Equal((503, "503"), ((int)answer.Status, answer["status"]));
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal(
            200, (int)(await Tenant.SendAsync(new Uri(scim.Addresses[0], "/v2/ServiceProviderConfig"), "GET", null, "", "")).Status);
    }
}
