namespace Provisioning.Groups;

/// <summary>A list of teammates. Templates name groups that their teammates join.</summary>
internal sealed class TeammateGroup
{
    public required string CompanyId { get; init; }
    public required string Id { get; init; }
    public required string DisplayName { get; set; }
    public required string DisplayNameFolded { get; set; }

    /// <summary>The connection that manages it; null while people do.</summary>
    public string? ManagedBy { get; set; }

    public long Version { get; set; }
    public DateTimeOffset CreateTime { get; init; }
    public DateTimeOffset UpdateTime { get; set; }
}

/// <summary>A teammate's membership of a group.</summary>
internal sealed class TeammateGroupMember
{
    public required string CompanyId { get; init; }
    public required string GroupId { get; init; }
    public required string TeammateId { get; init; }
    public DateTimeOffset JoinTime { get; init; }
}
