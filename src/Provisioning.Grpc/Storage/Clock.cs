namespace Provisioning.Storage;

/// <summary>Time to the microsecond, as both engines keep it.</summary>
internal static class Clock
{
    public static DateTimeOffset Now(TimeProvider time) => Truncate(time.GetUtcNow());

    /// <summary>The time of an update: now, and at least a millisecond past the one before.</summary>
    public static DateTimeOffset After(DateTimeOffset before, DateTimeOffset now) =>
        now > before.AddMilliseconds(1) ? now : before.AddMilliseconds(1);

    private static DateTimeOffset Truncate(DateTimeOffset time) => new(time.UtcTicks / 10 * 10, TimeSpan.Zero);
}
