namespace Provisioning.Groups;

/// <summary>A list of teammates.</summary>
internal sealed class TeammateGroup
{
    public required string CompanyId { get; init; }
    public required string Id { get; init; }
    public required string DisplayName { get; set; }

    /// <summary>The name in one letter case: what uniqueness and look-ups go by.</summary>
    public required string DisplayNameFolded { get; set; }

    /// <summary>The connection that manages it; null while people do.</summary>
    public string? ManagedBy { get; set; }

    public long Version { get; set; }
    public DateTimeOffset CreateTime { get; init; }
    public DateTimeOffset UpdateTime { get; set; }
}

/// <summary>A teammate's membership of a group. It goes with either.</summary>
internal sealed class TeammateGroupMember
{
    public required string CompanyId { get; init; }
    public required string GroupId { get; init; }
    public required string TeammateId { get; init; }
    public DateTimeOffset JoinTime { get; init; }
}

/// <summary>The id by which a connection knows a group.</summary>
internal sealed class TeammateGroupExternalId
{
    public required string CompanyId { get; init; }
    public required string GroupId { get; init; }

    /// <summary>Empty for callers without a connection.</summary>
    public required string ConnectionId { get; init; }

    public required string Value { get; set; }

    /// <summary>The value as it stands in the index.</summary>
    public required string Key { get; set; }
}
