using System.Collections;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Provisioning.Filtering;

namespace Provisioning.Contract;

/// <summary>
/// The texts of a request: none may hold U+0000 or half of a surrogate pair, which the engines store differently or not at all; nor may
/// the texts inside raw JSON.
/// </summary>
internal static class StorableText
{
    /// <summary>How the contract ends the names of fields that hold raw JSON.</summary>
    private const string RawJson = "_json";

    private const string Teammate = "teammate.", ProfileJson = "profile_json";

    private const int MaxPath = 100;

    private static readonly ConcurrentDictionary<MessageDescriptor, FieldDescriptor[]> Fields = new();

    /// <summary>
    /// Checks every text of a message, at any depth. Requests within a batch are left out: the batch checks each by itself, so that a
    /// wrong one does not stop the others.
    /// </summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_FIELD, naming the field.</exception>
    public static void Check(IMessage message) => Check(message, "");

    private static void Check(IMessage message, string path)
    {
        foreach (var field in Fields.GetOrAdd(message.Descriptor, FieldsWithTexts))
        {
            var isRaw = field.Name.EndsWith(RawJson, StringComparison.Ordinal);
            switch (field.Accessor.GetValue(message))
            {
                case string { Length: > 0 } text:
                    Check(text, isRaw, field, path);
                    break;
                case IDictionary { Count: > 0 } map:
                    foreach (DictionaryEntry entry in map)
                    {
                        Check(entry.Key as string ?? "", false, field, path);
                        CheckItem(entry.Value, isRaw, field, path, null);
                    }

                    break;
                case IList { Count: > 0 } list:
                    for (var index = 0; index < list.Count; index++)
                    {
                        CheckItem(list[index], isRaw, field, path, index);
                    }

                    break;
                case IMessage inner:
                    Check(inner, $"{path}{field.Name}.");
                    break;
            }
        }
    }

    private static void CheckItem(object? item, bool isRaw, FieldDescriptor field, string path, int? index)
    {
        if (item is string text)
        {
            Check(text, isRaw, field, path);
        }
        else if (item is IMessage inner)
        {
            Check(inner, index is null ? $"{path}{field.Name}." : $"{path}{field.Name}[{index}].");
        }
    }

    private static void Check(string text, bool isRaw, FieldDescriptor field, string path)
    {
        var inside = isRaw && text.Contains("\\u", StringComparison.Ordinal) ? FirstUnstorable(text) : null;
        if (inside is not null || !Folding.IsStorable(text))
        {
            // Whoever sent SCIM's JSON knows its attributes alone.
            var at = inside is { Length: > 0 } attribute && field.Name == ProfileJson && path == Teammate
                ? attribute.Length <= MaxPath ? attribute : attribute[..MaxPath] + "…"
                : $"{path}{field.Name}";
            throw Failures.InvalidField(
                at, $"{at} holds a character that cannot be stored (U+0000 or half of a surrogate pair). Remove it.");
        }
    }

    /// <summary>
    /// The path of the first text inside raw JSON that cannot be stored, such as "name.givenName"; null for none. What is no JSON is
    /// another rule's to refuse.
    /// </summary>
    private static string? FirstUnstorable(string json)
    {
        var (names, depths) = (new List<string>(), new List<int>());
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json), new() { MaxDepth = 1_000 });
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.EndObject)
                {
                    Leave(reader.CurrentDepth + 1);
                }

                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                {
                    var text = reader.ValueIsEscaped ? TextOf(ref reader) : null;
                    if (reader.TokenType == JsonTokenType.PropertyName)
                    {
                        Leave(reader.CurrentDepth);
                        depths.Add(reader.CurrentDepth);
                        names.Add(text ?? reader.GetString()!);
                    }

                    if (text is not null && !Folding.IsStorable(text))
                    {
                        return string.Join('.', names.Where(Folding.IsStorable));
                    }
                }
            }
        }
        catch (JsonException)
        {
            return null;
        }

        return null;

        void Leave(int depth)
        {
            depths.RemoveAll(each => each >= depth);
            names.RemoveRange(depths.Count, names.Count - depths.Count);
        }
    }

    /// <summary>A text; half of a surrogate pair for one with half of a pair in an escape.</summary>
    private static string TextOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return "\ud800";
        }
    }

    private static FieldDescriptor[] FieldsWithTexts(MessageDescriptor type) =>
        [.. type.Fields.InFieldNumberOrder().Where(field => field.FieldType == FieldType.String
            || (field.FieldType == FieldType.Message && !field.MessageType.Name.EndsWith("Request", StringComparison.Ordinal)))];
}
