using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Filtering;
using Provisioning.Lists;
using Provisioning.Storage;
using Provisioning.Writing;
using State = Provisioning.V1.Teammate.Types.State;

namespace Provisioning.Teammates;

/// <summary>
/// Which values of a teammate are found through an index, whatever their number: by equality, and words by how they begin.
/// </summary>
internal static class TeammateValues
{
    public const string Emails = "emails", Roles = "roles", Word = "word", Blocked = "blocked";

    private const int MaxWord = 100, MaxWords = 30;

    private static readonly Column<TeammateValue>[] Owner =
        [new("company_id", "text", row => row.CompanyId), new("teammate_id", "text", row => row.TeammateId)];

    private static readonly Column<TeammateValue>[] All =
        [.. Owner, new("attribute", "text", row => row.Attribute), new("value", "text", row => row.Value)];

    private static readonly OnEngines<Rows<TeammateValue>> Rows = new(dialect => new(dialect, "teammate_values", All));

    private static readonly OnEngines<RowEdits<TeammateValue>>
        Gone = new(dialect => RowEdits<TeammateValue>.Delete(dialect, "teammate_values", All)),
        GoneWords = new(dialect => RowEdits<TeammateValue>.Delete(dialect, "teammate_values", Owner, $"attribute = '{Word}'"));

    /// <summary>What stands around words in pasted addresses and lists.</summary>
    private static readonly char[] Quotes = ['<', '>', '(', ')', '"', ',', ';', ':'];

    /// <summary>The attributes that values come from.</summary>
    private static readonly string[] Sources = ["userName", "displayName", "nickName", "name", "emails", "roles"];

    private static readonly string[] Named = ["displayName", "nickName"],
        NameParts = ["formatted", "givenName", "middleName", "familyName"];

    public static string ExternalId(string connectionId) => "externalid/" + connectionId;

    /// <summary>Every indexed value of a teammate, from its search document and its external ids.</summary>
    public static HashSet<(string Attribute, string Value)> Of(JsonObject document, IReadOnlyDictionary<string, string> externalIds) =>
    [
        .. Texts(document, Emails), .. Texts(document, Roles), .. Whole(Words(document)).Select(word => (Word, word)),
        .. externalIds.Select(entry => (ExternalId(entry.Key), IndexKeys.Of(entry.Value))),
    ];

    /// <summary>Whether two profiles may have other values, of which external ids are none.</summary>
    public static bool MayDiffer(string before, string after)
    {
        using var old = JsonDocument.Parse(before);
        using var young = JsonDocument.Parse(after);
        return Sources.Any(name => old.RootElement.TryGetProperty(name, out var first) != young.RootElement.TryGetProperty(
            name, out var second)
            || (first.ValueKind != JsonValueKind.Undefined
                && !JsonMarshal.GetRawUtf8Value(first).SequenceEqual(JsonMarshal.GetRawUtf8Value(second))));
    }

    /// <summary>What finds blocked teammates in the order of their user names; nothing of who is active.</summary>
    public static IReadOnlyCollection<(string Attribute, string Value)> OfBlock(Teammate teammate) =>
        teammate.State == State.Blocked ? [(Blocked, teammate.UserNameFolded)] : [];

    /// <summary>Adds values of a teammate at the write's end.</summary>
    public static void Add(Write write, Teammate teammate, IEnumerable<(string Attribute, string Value)> values)
    {
        foreach (var (attribute, value) in values)
        {
            write.Insert(Rows.On(write.Dialect), RowOf(teammate, attribute, value));
        }
    }

    /// <summary>Removes values of a teammate at the write's end, also those that it was to add.</summary>
    public static void Remove(Write write, Teammate teammate, IReadOnlyCollection<(string Attribute, string Value)> values)
    {
        if (values.Count > 0)
        {
            write.Withdraw(Rows.On(write.Dialect), row => row.TeammateId == teammate.Id && values.Contains((row.Attribute, row.Value)));
            foreach (var (attribute, value) in values)
            {
                write.Edit(Gone.On(write.Dialect), RowOf(teammate, attribute, value));
            }
        }
    }

    /// <summary>Removes every word of a teammate at the write's end: which are there depends on the version that wrote them.</summary>
    public static void RemoveWords(Write write, Teammate teammate) => write.Edit(GoneWords.On(write.Dialect), RowOf(teammate, Word, ""));

    private static TeammateValue RowOf(Teammate teammate, string attribute, string value) =>
        new() { CompanyId = teammate.CompanyId, TeammateId = teammate.Id, Attribute = attribute, Value = value };

    /// <summary>The words of a text as people type them, in one letter case.</summary>
    public static IEnumerable<string> WordsOf(string folded) =>
        folded.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(word => Cut(word.Trim(Quotes)))
            .Where(word => word.Length > 0);

    /// <summary>Names of mailboxes whole and in their parts, the names of people in theirs.</summary>
    private static List<string> Words(JsonObject document)
    {
        var words = new List<string>();
        var (userName, name) = (Text(document, "userName"), document[SearchDocument.NameOf("name")] as JsonObject);
        List<string> mailboxes = [userName, .. Texts(document, Emails).Select(email => email.Value).Where(email => email != userName)
            .Distinct()];
        Add(userName);
        foreach (var text in Named.Select(attribute => Text(document, attribute))
            .Concat(name is null ? [] : NameParts.Select(part => Text(name, part))).Where(text => text.Length > 0))
        {
            AddAll(WordsOf(text));
            AddAll(Parts(text));
        }

        AddAll(mailboxes);
        foreach (var mailbox in mailboxes)
        {
            AddAll(Parts(mailbox.Split('@')[0]));
        }

        return words;

        void AddAll(IEnumerable<string> texts)
        {
            foreach (var text in texts)
            {
                Add(text);
            }
        }

        void Add(string text)
        {
            var word = Cut(text);
            if (word.Length > 0 && words.Count < MaxWords && !words.Contains(word))
            {
                words.Add(word);
            }
        }
    }

    /// <summary>
    /// The words without those that are the first part of another one, as "ada" is of "ada.byron@corp.example": what they find, that one
    /// finds too.
    /// </summary>
    private static IEnumerable<string> Whole(List<string> words) =>
        words.Where(word => !words.Exists(other => other.Length > word.Length && !IsInPart(other[word.Length])
            && other.StartsWith(word, StringComparison.Ordinal)));

    private static IEnumerable<string> Parts(string text)
    {
        var start = 0;
        for (var at = 0; at <= text.Length; at++)
        {
            if (at == text.Length || !IsInPart(text[at]))
            {
                yield return Cut(text[start..at]);
                start = at + 1;
            }
        }
    }

    private static bool IsInPart(char letter) =>
        char.IsLetterOrDigit(letter) || char.IsSurrogate(letter) || char.GetUnicodeCategory(letter) == UnicodeCategory.NonSpacingMark;

    private static string Cut(string word) =>
        word.Length <= MaxWord ? word : word[..(char.IsHighSurrogate(word[MaxWord - 1]) ? MaxWord - 1 : MaxWord)];

    private static string Text(JsonObject document, string attribute) =>
        (document[SearchDocument.NameOf(attribute)] as JsonValue)?.GetValue<string>() ?? "";

    private static IEnumerable<(string Attribute, string Value)> Texts(JsonObject document, string attribute) =>
        (document[SearchDocument.NameOf(attribute)] as JsonArray ?? []).OfType<JsonObject>()
            .Select(item => item["value"]?.GetValue<string>()).OfType<string>().Select(value => (attribute, IndexKeys.Of(value)));
}
