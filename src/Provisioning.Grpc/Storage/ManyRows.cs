using System.Globalization;

namespace Provisioning.Storage;

/// <summary>Many rows as parameters: one array for each column.</summary>
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
