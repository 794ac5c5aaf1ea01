using System.Text.Json.Serialization;
using Provisioning.V1;

namespace Provisioning.Log;

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

    /// <summary>The user name of whom a refused request was about, in one letter case; empty for every other entry, and once erased.</summary>
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

/// <summary>The erasable part of a log entry.</summary>
/// <param name="Name">What people call the resource.</param>
/// <param name="Detail">The message the caller got.</param>
/// <param name="Differences">Attribute by attribute, before and after, as JSON.</param>
/// <param name="UnknownAttributes">What a warning of unknown attributes names; null where there is none.</param>
internal sealed record LogPersonal(string Name, string Detail, IReadOnlyList<LogDifference> Differences, UnknownAttributeNames? UnknownAttributes = null);

/// <summary>Names of attributes that came for the first time, as a warning tells them.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Count">How many there are in all.</param>
internal sealed record UnknownAttributeNames(IReadOnlyList<string> First, int Count);

/// <summary>One attribute on both sides of a write, as JSON; null where it was absent.</summary>
internal sealed record LogDifference(string Attribute, string? Before, string? After);

/// <summary>Writes and reads what entries keep about people, without reflection.</summary>
[JsonSerializable(typeof(LogPersonal))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class LogJson : JsonSerializerContext;
