using System.Globalization;

namespace Settings.Shell;

/// <summary>Texts with what they speak of filled in.</summary>
internal static class Wording
{
    /// <summary>A text with its gaps filled.</summary>
    public static string With(this string text, params object?[] gaps) => string.Format(CultureInfo.CurrentCulture, text, gaps);

    /// <summary>A number of things.</summary>
    /// <param name="count">How many.</param>
    /// <param name="one">The text for one.</param>
    /// <param name="many">The text for any other number.</param>
    public static string Count(long count, string one, string many) => (count == 1 ? one : many).With(Number(count));

    /// <summary>A number in the reader's manner.</summary>
    public static string Number(long number) => number.ToString("N0", CultureInfo.CurrentCulture);
}
