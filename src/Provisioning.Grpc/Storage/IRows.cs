
namespace Provisioning.Storage;

/// <summary>What writes do to rows of one table, many of them at once.</summary>
internal interface IRows<TRow>
{
    /// <summary>The statements that do it.</summary>
    IEnumerable<Statement> StatementsFor(IReadOnlyList<TRow> rows);
}
