
namespace Provisioning.Storage;

/// <summary>
/// Inserts rows of one table, written by hand for the few tables that everything is written to. Where the engine takes arrays, many
/// rows are one statement, whose text does not depend on their number and which so stays prepared; others take them one by one.
/// </summary>
internal sealed class Rows<TRow> : IRows<TRow>
{
    private readonly Column<TRow>[] _columns;
    private readonly string _one, _many;
    private readonly bool _takesArrays;

    /// <param name="dialect">The engine's dialect.</param>
    /// <param name="table">The table.</param>
    /// <param name="columns">What is given of each row.</param>
    /// <param name="made">What the engine makes of each row itself: a column's name, and an expression.</param>
    public Rows(Dialect dialect, string table, Column<TRow>[] columns, params (string Name, string Expression)[] made)
    {
        (_columns, _takesArrays) = (columns, dialect.TakesArrays);
        var into = $"INSERT INTO {table} "
            + $"({string.Join(", ", columns.Select(column => column.Name).Concat(made.Select(each => each.Name)))})";
        var values = string.Join(", ",
            columns.Select((column, index) => dialect.Typed(ManyRows.Parameter(index), column.Type))
                .Concat(made.Select(each => each.Expression)));
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
        return _takesArrays && ordered.Count > 1
            ? [new(_many + OnConflict, ManyRows.ParametersOf(_columns, ordered))]
            : ordered.Select(row => new Statement(_one + OnConflict, ManyRows.ParametersOf(_columns, row)));
    }
}
