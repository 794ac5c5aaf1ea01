namespace Provisioning.Access;

/// <summary>How long things of signing in last.</summary>
internal static class SessionTimes
{
    /// <summary>A session that nobody uses.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromHours(12);

    /// <summary>A session, whatever happens.</summary>
    public static readonly TimeSpan Absolute = TimeSpan.FromDays(7);

    /// <summary>A sign-in link.</summary>
    public static readonly TimeSpan Link = TimeSpan.FromMinutes(15);

    /// <summary>How exactly it is known when a session was last used.</summary>
    public static readonly TimeSpan Exactness = TimeSpan.FromMinutes(1);
}
