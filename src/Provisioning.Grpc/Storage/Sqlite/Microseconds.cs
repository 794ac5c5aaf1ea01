using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Provisioning.Storage;

/// <summary>Times as SQLite keeps them: microseconds since 1970.</summary>
internal sealed class Microseconds() : ValueConverter<DateTimeOffset, long>(time => Of(time), stored => ToTime(stored))
{
    public static long Of(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;

    public static DateTimeOffset ToTime(long stored) => new(stored * 10 + DateTimeOffset.UnixEpoch.Ticks, TimeSpan.Zero);
}
