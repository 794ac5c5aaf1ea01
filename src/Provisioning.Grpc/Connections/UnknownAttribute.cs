namespace Provisioning.Connections;

/// <summary>A name of an attribute that no schema has and that a connection has sent, so that the log warns of it once.</summary>
internal sealed class UnknownAttribute
{
    public required string CompanyId { get; init; }

    /// <summary>The connection; empty for callers without one.</summary>
    public required string ConnectionId { get; init; }

    public required string Name { get; init; }
    public DateTimeOffset CreateTime { get; init; }
}
