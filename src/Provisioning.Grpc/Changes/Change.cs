using Provisioning.V1;

namespace Provisioning.Changes;

/// <summary>One committed fact in a company's ordered feed.</summary>
internal sealed class ChangeRow
{
    public required string CompanyId { get; init; }

    /// <summary>
    /// The writing transaction on PostgreSQL, where positions are taken before the commit that shows them; 0 on SQLite,
    /// where writers take turns. Readers order by transaction, then position, below the oldest open transaction.
    /// </summary>
    public long TransactionId { get; set; }

    /// <summary>Orders the changes of one transaction, and on SQLite all of them.</summary>
    public long Position { get; set; }

    public Change.Types.Kind Kind { get; init; }
    public required string ResourceId { get; init; }
    public long Version { get; init; }

    /// <summary>Names of the attributes that changed, separated by line feeds.</summary>
    public required string Fields { get; init; }

    public DateTimeOffset Time { get; init; }
}
