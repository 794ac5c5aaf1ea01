
namespace Provisioning.Storage;

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
        var one = string.Join(", ",
            set.Select((column, index) =>
                $"{column.Name} = {ManyRows.Parameter(keys.Length + index)}"
                    + $"{(provider == StorageProvider.Postgres ? $"::{column.Type}" : "")}"));
        var many = string.Join(", ", set.Select(column => $"{column.Name} = many.{column.Name}"));
        return new(provider, columns,
            $"UPDATE {table} SET {one} WHERE {ByOne(keys)}",
            $"UPDATE {table} SET {many} FROM {ManyRows.Table(columns, "many")} WHERE {ByMany(table, keys)}");
    }

    /// <summary>Deletes the rows with given keys, of those that meet a condition.</summary>
    public static RowEdits<TRow> Delete(StorageProvider provider, string table, Column<TRow>[] keys, string condition = "TRUE") =>
        new(provider, keys,
        $"DELETE FROM {table} WHERE {condition} AND {ByOne(keys)}",
        $"DELETE FROM {table} USING {ManyRows.Table(keys, "many")} WHERE {condition} AND {ByMany(table, keys)}");

    public IEnumerable<Statement> StatementsFor(IReadOnlyList<TRow> rows) => _isPostgres && rows.Count > 1
        ? [new(_many, ManyRows.ParametersOf(_columns, rows))]
        : rows.Select(row => new Statement(_one, ManyRows.ParametersOf(_columns, row)));

    private static string ByOne(Column<TRow>[] keys) =>
        string.Join(" AND ", keys.Select((key, index) => $"{key.Name} = {ManyRows.Parameter(index)}"));

    private static string ByMany(string table, Column<TRow>[] keys) =>
        string.Join(" AND ", keys.Select(key => $"{table}.{key.Name} = many.{key.Name}"));
}
