using Provisioning.V1;

namespace Settings.Connect;

/// <summary>How far the connecting of a provider is, as the service sees it.</summary>
internal sealed record Progress
{
    /// <summary>The company's connection to the provider; null before the first token.</summary>
    public Connection? Connection { get; init; }

    /// <summary>The token to paste: the newest of the connection that works. Null when there is none.</summary>
    public ApiToken? Token { get; init; }

    /// <summary>
    /// The last call that was refused since the page was opened, or in the quarter of an hour before; null when none was.
    /// </summary>
    public LogEntry? Refusal { get; init; }

    /// <summary>
    /// The teammate whom the provider created or linked first, or of those who are left the earliest; null before the first.
    /// </summary>
    public Teammate? Arrived { get; init; }

    /// <summary>Some teammate of the provider's whose role is a template's name; null before the first.</summary>
    public Teammate? Matched { get; init; }

    /// <summary>A teammate of the provider's whose roles are no template's name; null when there is none among the newest.</summary>
    public Teammate? Unmatched { get; init; }

    /// <summary>How many templates there are.</summary>
    public long Templates { get; init; }

    /// <summary>Some group that the provider manages; null before the first.</summary>
    public TeammateGroup? Group { get; init; }

    /// <summary>Whether the provider called with a token that works, and was not refused after.</summary>
    public bool HasCalled => Token?.LastUseTime is not null;

    /// <summary>Whether what came last was a refusal that stands in the way of every call.</summary>
    public bool IsRefused =>
        Refusal is not null && (Token?.LastUseTime is not { } used || used.ToDateTime() < Refusal.LastLogTime.ToDateTime().AddSeconds(-2));
}
