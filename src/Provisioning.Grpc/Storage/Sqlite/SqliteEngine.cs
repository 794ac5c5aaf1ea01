using System.Data.Common;
using System.Linq.Expressions;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Provisioning.Storage;

/// <summary>SQLite, embedded: one file, one writer at a time.</summary>
internal sealed class SqliteEngine : Engine
{
    private const int Io = 10, ConstraintUnique = 2067, ConstraintForeignKey = 787, ConstraintPrimaryKey = 1555;

    public override StorageProvider Provider => StorageProvider.Sqlite;

    public override Dialect Dialect { get; } = new SqliteDialect();

    public override void AsDocument(PropertyBuilder<string> column)
    {
    }

    public override void AsAdded<TRow>(IndexBuilder<TRow> index)
    {
    }

    public override void Beside<TRow>(IndexBuilder<TRow> index, Expression<Func<TRow, object?>> columns)
    {
    }

    public override void AsNumbered(PropertyBuilder<long> transaction, PropertyBuilder<long> position) => position.ValueGeneratedNever();

    public override Type Context => typeof(SqliteProvisioningDb);

    public override void AddContext(IServiceCollection services, CoreSettings settings) =>
        services.AddDbContextPool<ProvisioningDb, SqliteProvisioningDb>(
            options => options.UseSqlite(settings.ConnectionString).AddInterceptors(new Durable()));

    public override void CheckConnectionString(string text) => _ = new SqliteConnectionStringBuilder(text).DataSource;

    public override IConnectionPool Connect(string text) => new SqlitePool(text);

    public override async Task PrepareAsync(CoreSettings settings, StorageConnections connections, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(settings))!);
        await connections.RunAsync([new("PRAGMA journal_mode=WAL")], cancellation);
    }

    public override Statement IsMigrated(Action<bool> found) => Statement.One(
        "SELECT COUNT(*) FROM sqlite_master WHERE name = '__EFMigrationsHistory'", row => found(row.GetInt64(0) > 0));

    /// <inheritdoc/>
    /// <remarks>
    /// A process that was killed while it migrated leaves its mark in the database, and Entity Framework would wait for it for ever.
    /// The lock that counts is a file's, which the operating system gives back.
    /// </remarks>
    public override async Task MigrateAsync(ProvisioningDb db, CoreSettings settings, CancellationToken cancellation)
    {
        await using var held = await TakeFileAsync(PathOf(settings) + ".migrating", cancellation);
        await db.Database.ExecuteSqlRawAsync(
            """
            CREATE TABLE IF NOT EXISTS "__EFMigrationsLock"
                ("Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY, "Timestamp" TEXT NOT NULL);
            DELETE FROM "__EFMigrationsLock"
            """, cancellation);
        await db.Database.MigrateAsync(cancellation);
    }

    public override async Task RunAsync(
        DbConnection connection, DbTransaction? transaction, IReadOnlyList<Statement> statements, CancellationToken cancellation)
    {
        foreach (var statement in statements)
        {
            await using var command = ((SqliteConnection)connection).CreateCommand();
            command.Transaction = (SqliteTransaction?)transaction;
            command.CommandText = statement.Sql;
            foreach (var (index, parameter) in statement.Parameters.Index())
            {
                command.Parameters.AddWithValue($"${index + 1}", parameter is null or NoTime ? DBNull.Value : parameter);
            }

            if (statement.Row is null)
            {
                await command.ExecuteNonQueryAsync(cancellation);
                continue;
            }

            await using var reader = await command.ExecuteReaderAsync(cancellation);
            await ReadAsync(reader, statement.Row, cancellation);
        }
    }

    public override bool IsNoDatabase(Exception failure) => false;

    public override bool IsOutcomeUnknown(Exception failure) => failure is SqliteException { SqliteErrorCode: Io };

    public override bool IsLostRace(Exception failure) => failure is SqliteException { SqliteExtendedErrorCode: ConstraintForeignKey };

    public override string? Duplicate(Exception failure) =>
        failure is SqliteException { SqliteExtendedErrorCode: ConstraintUnique or ConstraintPrimaryKey } ? failure.Message : null;

    private static string PathOf(CoreSettings settings) =>
        Path.GetFullPath(new SqliteConnectionStringBuilder(settings.ConnectionString).DataSource);

    private static async Task<FileStream> TakeFileAsync(string path, CancellationToken cancellation)
    {
        var wait = TimeSpan.FromMilliseconds(100);
        while (true)
        {
            try
            {
                return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (IOException)
            {
                await Task.Delay(wait, cancellation);
            }
        }
    }
}
