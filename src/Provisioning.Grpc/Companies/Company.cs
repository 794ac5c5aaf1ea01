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
/// How a company's numbers of teammates moved by one write. The sum of a company's rows is its present count; a
/// background job folds old rows into one, so that no write ever waits for a counter.
/// </summary>
internal sealed class TeammateCount
{
    public required string CompanyId { get; init; }
    public required string Id { get; init; }
    public long Active { get; set; }
    public long Blocked { get; set; }
}
