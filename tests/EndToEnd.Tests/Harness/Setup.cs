using System.Collections.Concurrent;
using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace EndToEnd.Harness;

/// <summary>The ways in which the product runs: on either engine, in one process or two.</summary>
public enum Setup
{
    SqliteOneProcess,
    SqliteTwoProcesses,
    PostgresOneProcess,
    PostgresTwoProcesses,
}

/// <summary>Runs a theory on every setup. Without PostgreSQL and Redis at hand its cases are skipped with a sentence.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EverywhereAttribute : DataAttribute
{
    /// <summary>Only the setups of one process shape, for tests that concern storage alone.</summary>
    public bool OnlyEngines { get; init; }

    /// <summary>Only PostgreSQL in one process, for tests that look into that database.</summary>
    public bool OnlyPostgres { get; init; }

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. Enum.GetValues<Setup>()
            .Where(setup => !OnlyPostgres || setup is Setup.PostgresOneProcess)
            .Where(setup => !OnlyEngines || setup is Setup.SqliteOneProcess or Setup.PostgresOneProcess)
            .Select(setup => new TheoryDataRow<Setup>(setup) { Skip = Servers.WhyNot(setup) })]);

    public override bool SupportsDiscoveryEnumeration() => true;
}

/// <summary>The servers that test.sh starts or is given.</summary>
public static class Servers
{
    /// <summary>Connection string of a PostgreSQL on which databases may be made.</summary>
    public static string? Postgres { get; } = Environment.GetEnvironmentVariable("TEST_POSTGRES");

    /// <summary>Address of a Redis.</summary>
    public static string? Redis { get; } = Environment.GetEnvironmentVariable("TEST_REDIS");

    /// <summary>Why a setup cannot run here; null when it can.</summary>
    public static string? WhyNot(Setup setup) =>
        setup is Setup.SqliteOneProcess or Setup.SqliteTwoProcesses || (Postgres is not null && Redis is not null)
            ? null
            : "There is no PostgreSQL and Redis here: run ./test.sh, or set TEST_POSTGRES and TEST_REDIS.";

    /// <summary>Makes a fresh database and gives its connection string.</summary>
    public static async Task<string> NewDatabaseAsync()
    {
        var name = $"test_{Guid.NewGuid():n}";
        await using var connection = new Npgsql.NpgsqlConnection(Postgres);
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync();
        return new Npgsql.NpgsqlConnectionStringBuilder(Postgres) { Database = name }.ToString();
    }
}

/// <summary>Each setup is started once and shared: tests keep apart by making companies of their own.</summary>
public static class Shared
{
    private static readonly ConcurrentDictionary<Setup, Lazy<Task<Service>>> Services = new();

    public static Task<Service> ServiceAsync(Setup setup) =>
        Services.GetOrAdd(setup, static each => new(() => Service.StartAsync(each))).Value;

    /// <summary>A fresh company on a setup.</summary>
    public static async Task<Tenant> TenantAsync(this Setup setup, bool scim = true, bool templates = true, long? seats = null) =>
        await (await ServiceAsync(setup)).NewTenantAsync(scim, templates, seats);
}
