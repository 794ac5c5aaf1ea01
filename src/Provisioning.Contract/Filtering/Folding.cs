using System.Text;

namespace Provisioning.Filtering;

/// <summary>
/// The one rule by which letter case does not matter. It is applied in .NET when something is written or searched, so
/// that uniqueness and filters agree and no engine's idea of letters decides.
/// </summary>
public static class Folding
{
    /// <summary>A text in the one letter case that everything is compared in.</summary>
    public static string Fold(string text) => Ascii.IsValid(text)
        ? text.ToLowerInvariant()
        : text.Normalize(NormalizationForm.FormC).ToUpperInvariant().ToLowerInvariant().Normalize(NormalizationForm.FormC);

    /// <summary>A text without what cannot be stored.</summary>
    public static string Storable(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return IsStorable(text)
            ? text
            : string.Concat(text.EnumerateRunes().Where(rune => rune.Value is not (0 or 0xFFFD)).Select(rune => rune.ToString()));
    }

    /// <summary>Whether a text can be stored on every engine: no U+0000, no half of a surrogate pair.</summary>
    public static bool IsStorable(string text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\0' || char.IsLowSurrogate(text[at]))
            {
                return false;
            }

            if (char.IsHighSurrogate(text[at]) && (++at == text.Length || !char.IsLowSurrogate(text[at])))
            {
                return false;
            }
        }

        return true;
    }
}
