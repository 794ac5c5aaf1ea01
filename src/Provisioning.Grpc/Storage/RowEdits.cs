
namespace Provisioning.Storage;

/// <summary>
/// Updates or deletes rows of one table by their keys, each once; like <see cref="Rows{TRow}"/> in one statement where the engine takes
/// arrays, and otherwise one by one.
/// </summary>
internal sealed class RowEdits<TRow> : IRows<TRow>
{
    private readonly Column<TRow>[] _columns;
    private readonly string _one, _many;
    private readonly bool _takesArrays;

    private RowEdits(Dialect dialect, Column<TRow>[] columns, string one, string many) =>
        (_takesArrays, _columns, _one, _many) = (dialect.TakesArrays, columns, one, many);

    /// <summary>Sets some columns of the rows with given keys.</summary>
    public static RowEdits<TRow> Update(Dialect dialect, string table, Column<TRow>[] keys, Column<TRow>[] set)
    {
        Column<TRow>[] columns = [.. keys, .. set];
        var one = string.Join(", ",
            set.Select((column, index) =>
                $"{column.Name} = {dialect.Typed(ManyRows.Parameter(keys.Length + index), column.Type)}"));
        var many = string.Join(", ", set.Select(column => $"{column.Name} = many.{column.Name}"));
        return new(dialect, columns,
            $"UPDATE {table} SET {one} WHERE {ByOne(keys)}",
            $"UPDATE {table} SET {many} FROM {ManyRows.Table(columns, "many")} WHERE {ByMany(table, keys)}");
    }

    /// <summary>Deletes the rows with given keys, of those that meet a condition.</summary>
    public static RowEdits<TRow> Delete(Dialect dialect, string table, Column<TRow>[] keys, string condition = "TRUE") =>
        new(dialect, keys,
        $"DELETE FROM {table} WHERE {condition} AND {ByOne(keys)}",
        $"DELETE FROM {table} USING {ManyRows.Table(keys, "many")} WHERE {condition} AND {ByMany(table, keys)}");

    public IEnumerable<Statement> StatementsFor(IReadOnlyList<TRow> rows) => _takesArrays && rows.Count > 1
        ? [new(_many, ManyRows.ParametersOf(_columns, rows))]
        : rows.Select(row => new Statement(_one, ManyRows.ParametersOf(_columns, row)));

    private static string ByOne(Column<TRow>[] keys) =>
        string.Join(" AND ", keys.Select((key, index) => $"{key.Name} = {ManyRows.Parameter(index)}"));

    private static string ByMany(string table, Column<TRow>[] keys) =>
        string.Join(" AND ", keys.Select(key => $"{table}.{key.Name} = many.{key.Name}"));
}
