using System.Text.Json;

namespace Provisioning.Client;

/// <summary>Pieces of filters in SCIM's grammar (RFC 7644 section 3.4.2.2).</summary>
public static class FilterText
{
    /// <summary>A text as a filter holds it, whatever is in it: `$"userName eq {FilterText.Quote(name)}"`.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="ArgumentException">It holds half of a surrogate pair.</exception>
    public static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
