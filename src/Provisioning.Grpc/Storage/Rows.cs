using System.Globalization;

namespace Provisioning.Storage;

/// <summary>A column of rows that are written.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type on PostgreSQL.</param>
/// <param name="Value">A row's value, as a parameter; null is SQL's null.</param>
internal sealed record Column<TRow>(string Name, string Type, Func<TRow, object?> Value);

/// <summary>What writes do to rows of one table, many of them at once.</summary>
internal interface IRows<TRow>
{
    /// <summary>The statements that do it.</summary>
    IEnumerable<Statement> StatementsFor(IReadOnlyList<TRow> rows);
}

/// <summary>
/// Inserts rows of one table, written by hand for the few tables that everything is written to. On PostgreSQL many rows are one
/// statement, whose text does not depend on their number and which so stays prepared; SQLite takes them one by one without a
/// round trip.
/// </summary>
internal sealed class Rows<TRow> : IRows<TRow>
{
    private readonly Column<TRow>[] _columns;
    private readonly string _one, _many;
    private readonly bool _isPostgres;

    /// <param name="provider">The engine.</param>
    /// <param name="table">The table.</param>
    /// <param name="columns">What is given of each row.</param>
    /// <param name="made">What the engine makes of each row itself: a column's name, and an expression.</param>
    public Rows(StorageProvider provider, string table, Column<TRow>[] columns, params (string Name, string Expression)[] made)
    {
        (_columns, _isPostgres) = (columns, provider == StorageProvider.Postgres);
        var into = $"INSERT INTO {table} ({string.Join(", ", columns.Select(column => column.Name).Concat(made.Select(each => each.Name)))})";
        var values = string.Join(", ", columns.Select((column, index) => ManyRows.Parameter(index) + (_isPostgres ? $"::{column.Type}" : "")).Concat(made.Select(each => each.Expression)));
        _one = $"{into} VALUES ({values})";
        _many = $"{into} SELECT {string.Join(", ", made.Select(each => each.Expression).Prepend("*"))} FROM {ManyRows.Table(columns)}";
    }

    /// <summary>In which order rows go in, where writers of the same rows would wait for each other; by default as given.</summary>
    public Func<TRow, string>? Order { get; init; }

    /// <summary>What becomes of a row that is there already, as the statement's last words; empty where it must not be there.</summary>
    public string OnConflict { get; init; } = "";

    public IEnumerable<Statement> StatementsFor(IReadOnlyList<TRow> rows)
    {
        var ordered = Order is null || rows.Count == 1 ? rows : [.. rows.OrderBy(Order, StringComparer.Ordinal)];
        return _isPostgres && ordered.Count > 1
            ? [new(_many + OnConflict, ManyRows.ParametersOf(_columns, ordered))]
            : ordered.Select(row => new Statement(_one + OnConflict, ManyRows.ParametersOf(_columns, row)));
    }
}

/// <summary>
/// Updates or deletes rows of one table by their keys, each once; like <see cref="Rows{TRow}"/> in one statement on PostgreSQL, and
/// one by one on SQLite.
/// </summary>
internal sealed class RowEdits<TRow> : IRows<TRow>
{
    private readonly Column<TRow>[] _columns;
    private readonly string _one, _many;
    private readonly bool _isPostgres;

    private RowEdits(StorageProvider provider, Column<TRow>[] columns, string one, string many) =>
        (_isPostgres, _columns, _one, _many) = (provider == StorageProvider.Postgres, columns, one, many);

    /// <summary>Sets some columns of the rows with given keys.</summary>
    public static RowEdits<TRow> Update(StorageProvider provider, string table, Column<TRow>[] keys, Column<TRow>[] set)
    {
        Column<TRow>[] columns = [.. keys, .. set];
        var one = string.Join(", ", set.Select((column, index) => $"{column.Name} = {ManyRows.Parameter(keys.Length + index)}{(provider == StorageProvider.Postgres ? $"::{column.Type}" : "")}"));
        var many = string.Join(", ", set.Select(column => $"{column.Name} = many.{column.Name}"));
        return new(provider, columns,
            $"UPDATE {table} SET {one} WHERE {ByOne(keys)}",
            $"UPDATE {table} SET {many} FROM {ManyRows.Table(columns, "many")} WHERE {ByMany(table, keys)}");
    }

    /// <summary>Deletes the rows with given keys, of those that meet a condition.</summary>
    public static RowEdits<TRow> Delete(StorageProvider provider, string table, Column<TRow>[] keys, string condition = "TRUE") => new(provider, keys,
        $"DELETE FROM {table} WHERE {condition} AND {ByOne(keys)}",
        $"DELETE FROM {table} USING {ManyRows.Table(keys, "many")} WHERE {condition} AND {ByMany(table, keys)}");

    public IEnumerable<Statement> StatementsFor(IReadOnlyList<TRow> rows) => _isPostgres && rows.Count > 1
        ? [new(_many, ManyRows.ParametersOf(_columns, rows))]
        : rows.Select(row => new Statement(_one, ManyRows.ParametersOf(_columns, row)));

    private static string ByOne(Column<TRow>[] keys) => string.Join(" AND ", keys.Select((key, index) => $"{key.Name} = {ManyRows.Parameter(index)}"));

    private static string ByMany(string table, Column<TRow>[] keys) => string.Join(" AND ", keys.Select(key => $"{table}.{key.Name} = many.{key.Name}"));
}

/// <summary>Many rows as PostgreSQL's parameters: one array for each column.</summary>
internal static class ManyRows
{
    /// <summary>A parameter, by its place from 0.</summary>
    public static string Parameter(int index) => string.Create(CultureInfo.InvariantCulture, $"${index + 1}");

    /// <summary>A table of the rows, with the columns' names where it is given one.</summary>
    public static string Table<TRow>(Column<TRow>[] columns, string? name = null) =>
        $"unnest({string.Join(", ", columns.Select((column, index) => $"{Parameter(index)}::{column.Type}[]"))})"
        + (name is null ? "" : $" AS {name} ({string.Join(", ", columns.Select(column => column.Name))})");

    public static object?[] ParametersOf<TRow>(Column<TRow>[] columns, TRow row) => Array.ConvertAll(columns, column => column.Value(row));

    public static object?[] ParametersOf<TRow>(Column<TRow>[] columns, IReadOnlyList<TRow> rows) =>
        Array.ConvertAll(columns, column => (object?)ArrayOf([.. rows.Select(column.Value)]));

    /// <summary>Values of one type as an array of it, nulls among them.</summary>
    private static Array ArrayOf(object?[] values) => values.FirstOrDefault(value => value is not null) switch
    {
        NoTime or DateTimeOffset => Array.ConvertAll(values, value => value as DateTimeOffset?),
        null or string => Array.ConvertAll(values, value => (string?)value),
        int => Array.ConvertAll(values, value => (int?)value),
        long => Array.ConvertAll(values, value => (long?)value),
        bool => Array.ConvertAll(values, value => (bool?)value),
        var other => throw new NotSupportedException($"There are no arrays of {other.GetType()} here."),
    };
}

/// <summary>What is done to a table's rows, on each engine.</summary>
internal sealed class OnEngines<T>(Func<StorageProvider, T> make)
{
    private readonly T _postgres = make(StorageProvider.Postgres), _sqlite = make(StorageProvider.Sqlite);

    public T On(StorageProvider provider) => provider == StorageProvider.Postgres ? _postgres : _sqlite;
}
