using System.Globalization;

namespace Settings.Shell;

/// <summary>Times as people say them.</summary>
internal static class Times
{
    /// <summary>"Just now", "12 minutes ago", "today at …", or the date.</summary>
    public static string Ago(DateTime local, DateTime now)
    {
        var passed = now - local;
        return passed < TimeSpan.FromMinutes(1) && passed > TimeSpan.FromMinutes(-1) ? Texts.Time_Now
            : passed > TimeSpan.Zero
                && passed < TimeSpan.FromHours(1) ? Wording.Count((long)passed.TotalMinutes, Texts.Time_Minute, Texts.Time_Minutes)
            : local.Date == now.Date ? Texts.Time_Today.With(Clock(local))
            : local.Date == now.Date.AddDays(-1) ? Texts.Time_Yesterday.With(Clock(local))
            : local.Date == now.Date.AddDays(1) ? Texts.Time_Tomorrow.With(Clock(local))
            : local.ToString("d MMM yyyy", CultureInfo.CurrentCulture);
    }

    private static string Clock(DateTime local) => local.ToString("t", CultureInfo.CurrentCulture);
}
