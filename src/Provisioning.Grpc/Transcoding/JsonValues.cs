using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Provisioning.Transcoding;

/// <summary>
/// Reads JSON against the contract: names that no message has, and values that a field cannot take, are faults with their paths. What
/// the contract knows comes out in the one form that the transcoder is sure to read: fields by their JSON names, enums by number.
/// </summary>
internal sealed class JsonValues(JsonFaults faults)
{
    private static readonly JsonParser Known = new(JsonParser.Settings.Default);

    /// <summary>Reads a message.</summary>
    /// <param name="type">The message's type.</param>
    /// <param name="value">The JSON.</param>
    /// <param name="path">Where it stands; empty for the whole body.</param>
    /// <returns>The message in the transcoder's form; null where a fault was found.</returns>
    public JsonNode? ReadMessage(MessageDescriptor type, JsonElement value, string path)
    {
        if (type.File.Package == "google.protobuf" && type.Name != "Empty")
        {
            return ReadWellKnown(type, value, path);
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            faults.Add(Named(path), $"{Named(path)} must be an object.");
            return null;
        }

        var (read, seen) = (new JsonObject(), new HashSet<object>());
        foreach (var member in value.EnumerateObject())
        {
            var at = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
            if (Find(type, member.Name) is not { } field)
            {
                faults.Add(at, $"There is no field {at} in this request. Correct its name, or remove it.");
            }
            else if (!seen.Add(field) || (field.RealContainingOneof is { } choice && member.Value.ValueKind != JsonValueKind.Null
                && !seen.Add(choice)))
            {
                faults.Add(at, $"{at} is there twice, or beside another field of the same choice. Send one of them.");
            }
            else if (member.Value.ValueKind != JsonValueKind.Null)
            {
                read[field.JsonName] = ReadField(field, member.Value, at);
            }
        }

        return read;
    }

    /// <summary>A field by its JSON name, or by its name in the contract.</summary>
    public static FieldDescriptor? Find(MessageDescriptor type, string name) =>
        type.Fields.InDeclarationOrder().FirstOrDefault(field => field.JsonName == name || field.Name == name);

    /// <summary>A value of an enum by its name, with or without the enum's prefix, in any letter case; null when there is none.</summary>
    public static EnumValueDescriptor? FindValue(EnumDescriptor type, string name) =>
        type.Values.FirstOrDefault(value => value.Name.Equals(name, StringComparison.OrdinalIgnoreCase)
            || ShortName(value).Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The names of an enum's values, as JSON shows them.</summary>
    public static string NamesOf(EnumDescriptor type) => string.Join(", ", type.Values.Where(value => value.Number != 0).Select(ShortName));

    private static string ShortName(EnumValueDescriptor value)
    {
        var prefix = string.Concat(value.EnumDescriptor.Name.Select((letter, index) => index > 0 && char.IsUpper(letter) ? "_" + letter
            : char.ToUpperInvariant(letter).ToString())) + "_";
        return value.Name.StartsWith(prefix, StringComparison.Ordinal) ? value.Name[prefix.Length..] : value.Name;
    }

    private JsonNode? ReadField(FieldDescriptor field, JsonElement value, string path)
    {
        if (field.IsMap)
        {
            return ReadMap(field.MessageType.FindFieldByNumber(2), value, path);
        }

        if (!field.IsRepeated)
        {
            return ReadOne(field, value, path);
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            faults.Add(path, $"{path} must be a list.");
            return null;
        }

        var list = new JsonArray();
        foreach (var (index, item) in value.EnumerateArray().Index())
        {
            list.Add(ReadOne(field, item, $"{path}[{index.ToString(CultureInfo.InvariantCulture)}]"));
        }

        return list;
    }

    private JsonObject? ReadMap(FieldDescriptor values, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            faults.Add(path, $"{path} must be an object.");
            return null;
        }

        var map = new JsonObject();
        foreach (var member in value.EnumerateObject())
        {
            map[member.Name] = ReadOne(values, member.Value, $"{path}.{member.Name}");
        }

        return map;
    }

    private JsonNode? ReadOne(FieldDescriptor field, JsonElement value, string path) => field.FieldType switch
    {
        FieldType.Message or FieldType.Group => ReadMessage(field.MessageType, value, path),
        FieldType.Enum => ReadEnum(field.EnumType, value, path),
        FieldType.String => value.ValueKind == JsonValueKind.String ? TextOf(value, path) : Wrong(path, "a text"),
        FieldType.Bool => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : Wrong(path, "true or false"),
        FieldType.Bytes => value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out _) ? value.GetString()
            : Wrong(path, "bytes in base64"),
        FieldType.Float or FieldType.Double => value.ValueKind == JsonValueKind.Number && double.IsFinite(value.GetDouble())
            ? value.GetDouble() : Wrong(path, "a number"),
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 =>
            long.TryParse(Digits(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
                : Wrong(path, "a whole number"),
        FieldType.UInt64 or FieldType.Fixed64 =>
            ulong.TryParse(Digits(value), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
                : Wrong(path, "a whole number from 0 on"),
        FieldType.UInt32 or FieldType.Fixed32 =>
            uint.TryParse(Digits(value), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
                : Wrong(path, "a whole number from 0 on"),
        _ => int.TryParse(Digits(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
            : Wrong(path, "a whole number"),
    };

    /// <summary>A text; one that is no Unicode, by half of a surrogate pair in an escape, is a fault.</summary>
    private JsonNode? TextOf(JsonElement value, string path)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return Wrong(path, "a text without halves of surrogate pairs");
        }
    }

    private JsonNode? ReadEnum(EnumDescriptor type, JsonElement value, string path)
    {
        var found = value.ValueKind switch
        {
            JsonValueKind.String => FindValue(type, value.GetString()!),
            JsonValueKind.Number when value.TryGetInt32(out var number) => type.FindValueByNumber(number),
            _ => null,
        };
        return found is null ? Wrong(path, $"one of {NamesOf(type)}") : found.Number;
    }

    private JsonNode? ReadWellKnown(MessageDescriptor type, JsonElement value, string path)
    {
        try
        {
            return JsonNode.Parse(JsonFormatter.Default.Format(Known.Parse(value.GetRawText(), type)));
        }
        catch (Exception failure) when (failure is InvalidProtocolBufferException or InvalidOperationException or FormatException)
        {
            return Wrong(path, type.Name switch
            {
                "Timestamp" => "a moment such as \"2026-11-23T10:00:00Z\"",
                "Duration" => "a duration such as \"3600s\"",
                "FieldMask" => "fields separated by commas, such as \"profile.displayName\"",
                _ => $"a {type.Name} in JSON",
            });
        }
    }

    private static string Digits(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.String => value.GetString()!,
        _ => "",
    };

    private JsonNode? Wrong(string path, string expected)
    {
        faults.Add(Named(path), $"{Named(path)} must be {expected}.");
        return null;
    }

    private static string Named(string path) => path.Length == 0 ? JsonRequest.Body : path;
}
