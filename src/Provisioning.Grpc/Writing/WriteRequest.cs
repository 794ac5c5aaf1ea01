using Google.Protobuf;

namespace Provisioning.Writing;

/// <summary>What a write request says about itself.</summary>
/// <param name="Method">The rpc's name.</param>
/// <param name="Request">The whole request.</param>
/// <param name="ValidateOnly">Answer as if done, and do nothing.</param>
/// <param name="RequestId">A UUID by which a repeated request is known; empty for none.</param>
internal sealed record WriteRequest(string Method, IMessage Request, bool ValidateOnly, string RequestId)
{
    /// <summary>Whether a provider may ask for it in a company without the scim feature; the work decides the rest.</summary>
    public bool WithoutScim { get; init; }

    /// <summary>What the work reads first, in the round trip that begins the write.</summary>
    public IReadOnlyList<IPreload> Preloads { get; init; } = [];

    /// <summary>
    /// What it writes, if it may share a transaction with others of its company. Writes with the same key never share one: the second
    /// waits for the first. Null: it never shares one.
    /// </summary>
    public string? SharingKey { get; init; }

    /// <summary>Whether it may take a seat. Without a <see cref="SharingKey"/> it may take many, so it locks the seats alone.</summary>
    public bool TakesSeats { get; init; }

    /// <summary>The teammate who takes the seat unless they are active already; empty where seats are taken in any case.</summary>
    public string SeatOf { get; init; } = "";

    /// <summary>Whether every row that it locks is there, and this write's to change.</summary>
    public bool IsHeld => Preloads.All(preload => preload.IsHeld);

    /// <summary>The rpc that the log names, where that is another.</summary>
    public string? LogMethod { get; init; }
}
