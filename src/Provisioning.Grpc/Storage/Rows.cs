using System.Globalization;

namespace Provisioning.Storage;

/// <summary>A column of rows that are inserted.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type on PostgreSQL.</param>
/// <param name="Value">A row's value, as a parameter; null is SQL's null.</param>
internal sealed record Column<TRow>(string Name, string Type, Func<TRow, object?> Value);

/// <summary>
/// Inserts rows of one table, written by hand for the few tables that everything is written to. On PostgreSQL many rows are one
/// statement, whose text does not depend on their number and which so stays prepared; SQLite takes them one by one without a
/// round trip.
/// </summary>
internal sealed class Rows<TRow>
{
    private readonly Column<TRow>[] _columns;
    private readonly string _into, _one, _many;
    private readonly bool _isPostgres;

    /// <param name="provider">The engine.</param>
    /// <param name="table">The table.</param>
    /// <param name="columns">What is given of each row.</param>
    /// <param name="made">What the engine makes of each row itself: a column's name, and an expression.</param>
    public Rows(StorageProvider provider, string table, Column<TRow>[] columns, params (string Name, string Expression)[] made)
    {
        (_columns, _isPostgres) = (columns, provider == StorageProvider.Postgres);
        _into = $"INSERT INTO {table} ({string.Join(", ", columns.Select(column => column.Name).Concat(made.Select(each => each.Name)))})";
        Values = string.Join(", ", columns.Select((column, index) => Parameter(index) + (_isPostgres ? $"::{column.Type}" : "")).Concat(made.Select(each => each.Expression)));
        _one = $"{_into} VALUES ({Values})";
        _many = $"{_into} SELECT {string.Join(", ", made.Select(each => each.Expression).Prepend("*"))} FROM unnest({string.Join(", ", columns.Select((column, index) => $"{Parameter(index)}::{column.Type}[]"))})";
    }

    /// <summary>In which order rows go in, where writers of the same rows would wait for each other; by default as given.</summary>
    public Func<TRow, string>? Order { get; init; }

    /// <summary>The statement up to what is inserted.</summary>
    public string Into => _into;

    /// <summary>A row's values, from the first parameter on.</summary>
    public string Values { get; }

    /// <summary>The parameters of <see cref="Values"/>.</summary>
    public object?[] ParametersOf(TRow row) => [.. _columns.Select(column => column.Value(row))];

    /// <summary>The statements that insert rows.</summary>
    public IEnumerable<Statement> Insert(IReadOnlyList<TRow> rows)
    {
        var ordered = Order is null || rows.Count == 1 ? rows : [.. rows.OrderBy(Order, StringComparer.Ordinal)];
        return _isPostgres && ordered.Count > 1
            ? [new(_many, [.. _columns.Select(column => ArrayOf([.. ordered.Select(column.Value)]))])]
            : ordered.Select(row => new Statement(_one, ParametersOf(row)));
    }

    private static string Parameter(int index) => string.Create(CultureInfo.InvariantCulture, $"${index + 1}");

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

/// <summary>A table's rows on each engine.</summary>
internal sealed class RowsOf<TRow>(Func<StorageProvider, Rows<TRow>> make)
{
    private readonly Rows<TRow> _postgres = make(StorageProvider.Postgres), _sqlite = make(StorageProvider.Sqlite);

    public Rows<TRow> On(StorageProvider provider) => provider == StorageProvider.Postgres ? _postgres : _sqlite;
}
