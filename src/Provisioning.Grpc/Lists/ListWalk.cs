namespace Provisioning.Lists;

/// <summary>Where a page of somebody's walk through a list by position ended.</summary>
internal sealed class ListWalk
{
    public required string CompanyId { get; init; }

    /// <summary>A hash of the token, the list with its filter and order, the page size, and the position that comes next.</summary>
    public required string Id { get; init; }

    /// <summary>The last key of the page.</summary>
    public required string After { get; init; }

    public DateTimeOffset Time { get; init; }
}
