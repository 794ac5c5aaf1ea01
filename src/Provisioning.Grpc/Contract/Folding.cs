using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Provisioning.Contract;

/// <summary>
/// The one rule by which letter case does not matter. It is applied in .NET when something is written or searched, so
/// that uniqueness and filters agree and no engine's idea of letters decides.
/// </summary>
internal static class Folding
{
    public static string Fold(string text) =>
        text.Normalize(NormalizationForm.FormC).ToUpperInvariant().ToLowerInvariant().Normalize(NormalizationForm.FormC);

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

    /// <summary>A document for searching: attribute names in lower case, texts folded, everything else as it is.</summary>
    public static JsonNode? FoldDocument(JsonNode? node) => node switch
    {
        JsonObject item => new JsonObject(item
            .GroupBy(entry => entry.Key.ToLowerInvariant())
            .Select(entry => KeyValuePair.Create(entry.Key, FoldDocument(entry.First().Value)))),
        JsonArray list => new JsonArray([.. list.Select(FoldDocument)]),
        JsonValue value when value.TryGetValue<string>(out var text) => JsonValue.Create(Fold(text)),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number && value.ToJsonString() is var number && !IsPlain(number) => JsonValue.Create(number),
        _ => node?.DeepClone(),
    };

    /// <summary>Whether every engine can hold a number as one; others are searched as texts.</summary>
    private static bool IsPlain(string number) => number.Length <= 40 && !number.Contains('e', StringComparison.OrdinalIgnoreCase);
}
