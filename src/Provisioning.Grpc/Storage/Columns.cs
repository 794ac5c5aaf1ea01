using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Provisioning.Storage;

/// <summary>Values as both engines give them.</summary>
internal static class Columns
{
    extension(DbDataReader reader)
    {
        /// <summary>A text; null for SQL's null.</summary>
        public string? TextOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

        /// <summary>A moment.</summary>
        public DateTimeOffset Time(int column) =>
            reader is SqliteDataReader ? Microseconds.ToTime(reader.GetInt64(column)) : reader.GetFieldValue<DateTimeOffset>(column);

        /// <summary>A moment; null for SQL's null.</summary>
        public DateTimeOffset? TimeOrNull(int column) => reader.IsDBNull(column) ? null : reader.Time(column);
    }
}
