
namespace Provisioning.Storage;

/// <summary>A column of rows that are written.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type on PostgreSQL.</param>
/// <param name="Value">A row's value, as a parameter; null is SQL's null.</param>
internal sealed record Column<TRow>(string Name, string Type, Func<TRow, object?> Value);
