using System.Data.Common;
using System.Globalization;

namespace Provisioning.Storage;

/// <summary>
/// One statement written by hand, for the few operations whose speed counts. Parameters are $1, $2 and so on, on both engines.
/// </summary>
/// <param name="sql">The statement.</param>
/// <param name="parameters">Its parameters; null is SQL's null.</param>
internal sealed class Statement(string sql, params object?[] parameters)
{
    private const string KeptPlans = "set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true)";

    public string Sql => sql;

    public IReadOnlyList<object?> Parameters => parameters;

    /// <summary>Takes each row that it gives, and says whether to go on; null for a statement that gives none.</summary>
    public Func<DbDataReader, bool>? Row { get; init; }

    /// <summary>
    /// Lets PostgreSQL keep its plans, in this transaction or round trip: rows are looked up by indexes, whatever the keys are, and a
    /// plan made anew for each array or moment takes longer than to run it. A plan that is kept must suit tables that have grown
    /// since, or have many rows that are gone, so none reads a table whole. Nothing on SQLite.
    /// </summary>
    public static Statement[] KeepPlans(StorageProvider provider) =>
        provider == StorageProvider.Postgres ? [One($"SELECT {KeptPlans}", _ => { })] : [];

    /// <summary>
    /// The same as columns to select behind others by a transaction's first statement, which spares one; and, where a patience is
    /// given, that no statement waits for a lock for longer. Nothing on SQLite.
    /// </summary>
    public static string KeepPlansBeside(StorageProvider provider, TimeSpan? patience) => provider == StorageProvider.Postgres
        ? $", {KeptPlans}" + (patience is { } time
            ? string.Create(CultureInfo.InvariantCulture, $", set_config('lock_timeout', '{time.TotalMilliseconds}', true)") : "")
        : "";

    /// <summary>A statement that gives one row at most.</summary>
    public static Statement One(string sql, Action<DbDataReader> row, params object?[] parameters) => Each(sql, row, parameters);

    /// <summary>A statement whose rows are taken until one is refused.</summary>
    public static Statement Until(string sql, Func<DbDataReader, bool> row, params object?[] parameters) =>
        new(sql, parameters) { Row = row };

    /// <summary>A statement whose rows are all taken.</summary>
    public static Statement Each(string sql, Action<DbDataReader> row, params object?[] parameters) => new(sql, parameters)
    {
        Row = reader =>
        {
            row(reader);
            return true;
        },
    };
}
