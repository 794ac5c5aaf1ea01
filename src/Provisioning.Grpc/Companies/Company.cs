using Provisioning.V1;

namespace Provisioning.Companies;

/// <summary>A tenant with its plan.</summary>
internal sealed class Company
{
    public required string Id { get; init; }
    public required string Slug { get; init; }
    public required string DisplayName { get; set; }
    public bool ScimFeature { get; set; }
    public bool TemplatesFeature { get; set; }

    /// <summary>How many teammates may be active; null for any number.</summary>
    public long? SeatLimit { get; set; }

    /// <summary>What a provider's first write to an unmanaged group does.</summary>
    public GroupTakeover GroupTakeover { get; set; }

    public long Version { get; set; }
    public DateTimeOffset CreateTime { get; init; }
    public DateTimeOffset UpdateTime { get; set; }
}

/// <summary>
/// How a company's numbers of teammates moved by one write, or what such rows of neighbours were folded into. The sum of a
/// company's rows is its present count.
/// </summary>
internal sealed class TeammateCount
{
    public required string CompanyId { get; init; }
    public required string Id { get; init; }

    /// <summary>The teammate that moved the numbers, or where the block begins; empty for the beginning of the list.</summary>
    public required string FromId { get; init; }

    /// <summary>Whether it counts a block: everybody from here to where the next one begins, except for what rows between say.</summary>
    public bool IsBlock { get; init; }

    public long Active { get; set; }
    public long Blocked { get; set; }
}
