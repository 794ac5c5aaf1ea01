using System.Text.Json.Nodes;

namespace EndToEnd.Metamorphic;

/// <summary>What a request said about one attribute, and what must be so once it was accepted.</summary>
/// <param name="Name">What was said, for the message of a failure.</param>
/// <param name="Holds">Whether a resource that was read back agrees.</param>
public sealed record Written(string Name, Func<JsonObject, bool> Holds);

/// <summary>A request on one resource, with what must be so afterwards.</summary>
public sealed class Request
{
    /// <summary>POST, PUT or PATCH.</summary>
    public required string Method { get; init; }

    /// <summary>"Users" or "Groups".</summary>
    public required string Kind { get; init; }

    /// <summary>Which resource of the pool it is about; -1 for a new one.</summary>
    public required int Target { get; init; }

    public required JsonObject Body { get; init; }

    /// <summary>What must be so once it was accepted.</summary>
    public List<Written> Written { get; } = [];

    /// <summary>A name in it that means nothing: it must be refused. Null for none.</summary>
    public string? Nonsense { get; set; }

    /// <summary>Names of attributes that are passed over, which the log must warn of.</summary>
    public List<string> PassedOver { get; } = [];
}
