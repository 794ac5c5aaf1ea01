using System.Data.Common;

namespace Provisioning.Storage;

/// <summary>Values as both engines give them.</summary>
internal static class Columns
{
    extension(DbDataReader reader)
    {
        /// <summary>A text; null for SQL's null.</summary>
        public string? TextOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

        /// <summary>A moment. SQLite keeps it as a number.</summary>
        public DateTimeOffset Time(int column) =>
            reader.GetFieldType(column) == typeof(long)
                ? Microseconds.ToTime(reader.GetInt64(column))
                : reader.GetFieldValue<DateTimeOffset>(column);

        /// <summary>A moment; null for SQL's null.</summary>
        public DateTimeOffset? TimeOrNull(int column) => reader.IsDBNull(column) ? null : reader.Time(column);
    }
}
