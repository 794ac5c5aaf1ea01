using Provisioning.V1;

namespace Provisioning.Writing;

/// <summary>What was asked, by whom, and what came of it.</summary>
internal sealed class LogRow
{
    public required string CompanyId { get; init; }
    public required string Id { get; init; }
    public DateTimeOffset Time { get; init; }
    public DateTimeOffset LastTime { get; set; }
    public long Count { get; set; }
    public Actor.Types.Kind ActorKind { get; init; }
    public required string ActorTokenId { get; init; }
    public required string ActorName { get; init; }
    public required string ActorConnectionId { get; init; }
    public required string Method { get; init; }
    public LogEntry.Types.Outcome Outcome { get; init; }
    public ErrorReason Reason { get; init; }
    public required string ResourceId { get; init; }

    /// <summary>
    /// The user name of whom a refused request was about, in one letter case; empty for every other entry, and once erased.
    /// </summary>
    public required string Subject { get; set; }

    /// <summary>What was done, as the change's kinds separated by spaces.</summary>
    public required string Kinds { get; init; }

    /// <summary>Codes of the warnings given, separated by spaces.</summary>
    public required string Warnings { get; init; }

    /// <summary>
    /// A <see cref="LogPersonal"/> in JSON: everything about people that the entry holds. Erased by setting it to null
    /// where <see cref="ResourceId"/> is the teammate's.
    /// </summary>
    public string? Personal { get; set; }

    /// <summary>
    /// Equal for entries of one hour that count as the same one asked again, and unique in the company; null where each stands alone.
    /// The second one only raises <see cref="Count"/>.
    /// </summary>
    public string? RepeatKey { get; init; }
}
