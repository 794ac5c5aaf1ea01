using System.Globalization;
using System.Text.Json;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.WebUtilities;

namespace Provisioning.Transcoding;

/// <summary>
/// The parameters of a JSON request's address, read against the contract as its body is. The transcoder passes over what it does not
/// know, so that a misspelt filter would list everybody.
/// </summary>
internal sealed class JsonQuery(MessageDescriptor type, string bodyField, IReadOnlyCollection<string> routeFields, JsonFaults faults)
{
    /// <summary>Reads a query, and gives it in the form that the transcoder is sure to read.</summary>
    public QueryString Read(QueryString query)
    {
        var (read, seen) = (new QueryString(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var parameter in new QueryStringEnumerable(query.Value))
        {
            var (name, value) = (parameter.DecodeName().ToString(), parameter.DecodeValue().ToString());
            if (name.Length == 0 && value.Length == 0)
            {
                continue;
            }

            if (Find(name) is not { } found)
            {
                faults.Add(name, $"There is no parameter {name} here. Correct its name, or remove it.");
            }
            else if (!found.Field.IsRepeated && !seen.Add(found.Path))
            {
                faults.Add(name, $"{name} is there twice. Send it once.");
            }
            else if (ValueOf(found.Field, name, value) is { } text)
            {
                read = read.Add(found.Path, text);
            }
        }

        return read;
    }

    /// <summary>
    /// The field that a parameter names by its path, and the path by the fields' JSON names; null for one that may not come in the address.
    /// </summary>
    private (FieldDescriptor Field, string Path)? Find(string name)
    {
        var (message, path, contractPath) = (type, new List<string>(), new List<string>());
        FieldDescriptor? field = null;
        foreach (var part in name.Split('.'))
        {
            field = message is null ? null : JsonValues.Find(message, part);
            if (field is null || field.IsMap)
            {
                return null;
            }

            path.Add(field.JsonName);
            contractPath.Add(field.Name);
            message = field is { FieldType: FieldType.Message, IsRepeated: false } ? field.MessageType : null;
        }

        var whole = string.Join('.', contractPath);
        return bodyField == JsonRequest.WholeBody || (bodyField.Length > 0 && contractPath[0] == bodyField) || routeFields.Contains(whole)
            || (field!.FieldType == FieldType.Message && field.MessageType.File.Package != "google.protobuf")
                ? null
                : (field, string.Join('.', path));
    }

    private string? ValueOf(FieldDescriptor field, string name, string value)
    {
        if (field.FieldType == FieldType.Enum)
        {
            var found = JsonValues.FindValue(field.EnumType, value)
                ?? (int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                    ? field.EnumType.FindValueByNumber(number) : null);
            if (found is null)
            {
                faults.Add(name, $"{name} must be one of {JsonValues.NamesOf(field.EnumType)}.");
            }

            return found?.Name;
        }

        if (field.FieldType == FieldType.String || (field.FieldType == FieldType.Message && field.MessageType.Name == "FieldMask"))
        {
            return value;
        }

        // Numbers and booleans are written alike in JSON and in an address; moments are texts in JSON.
        var json = field.FieldType is FieldType.Message or FieldType.Bytes ? JsonSerializer.Serialize(value) : value;
        try
        {
            using var document = JsonDocument.Parse(json);
            var wrapped = JsonDocument.Parse($"{{{JsonSerializer.Serialize(field.JsonName)}:{(field.IsRepeated ? $"[{json}]" : json)}}}");
            var own = new JsonFaults();
            new JsonValues(own).ReadMessage(field.ContainingType, wrapped.RootElement, "");
            own.ThrowIfAny();
            return value;
        }
        catch (Exception failure) when (failure is JsonException or Grpc.Core.RpcException)
        {
            faults.Add(name,
                $"{name} must be " + field.FieldType switch
                {
                    FieldType.Bool => "true or false.",
                    FieldType.Message => $"a {field.MessageType.Name} such as JSON writes it.",
                    _ => "a whole number.",
                });
            return null;
        }
    }
}
