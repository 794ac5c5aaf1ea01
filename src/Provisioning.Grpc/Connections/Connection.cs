namespace Provisioning.Connections;

/// <summary>One identity provider of a company.</summary>
internal sealed class Connection
{
    public required string CompanyId { get; init; }
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string NameFolded { get; init; }
    public bool Strict { get; set; }

    /// <summary>The teammate whom it created or linked first; null before the first.</summary>
    public string? FirstTeammateId { get; set; }

    public long Version { get; set; }
    public DateTimeOffset CreateTime { get; init; }
    public DateTimeOffset UpdateTime { get; set; }
}
