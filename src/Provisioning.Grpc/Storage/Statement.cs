using System.Data.Common;

namespace Provisioning.Storage;

/// <summary>
/// One statement written by hand, for the few operations whose speed counts. Parameters are $1, $2 and so on, on both engines.
/// </summary>
/// <param name="sql">The statement.</param>
/// <param name="parameters">Its parameters; null is SQL's null.</param>
internal sealed class Statement(string sql, params object?[] parameters)
{
    public string Sql => sql;

    public IReadOnlyList<object?> Parameters => parameters;

    /// <summary>Takes each row that it gives, and says whether to go on; null for a statement that gives none.</summary>
    public Func<DbDataReader, bool>? Row { get; init; }

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
