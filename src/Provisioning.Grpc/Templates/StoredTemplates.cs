using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Provisioning.Json;
using Provisioning.V1;
using Reason = Provisioning.V1.TemplateAssignment.Types.Reason;

namespace Provisioning.Templates;

/// <summary>
/// What rows keep of templates, in protobuf's JSON. Every read of a teammate reads it, which protobuf's own parser makes the most
/// expensive part of a page; so contents, which few templates share among many teammates, are remembered, and assignments written and
/// read member by member.
/// </summary>
internal static class StoredTemplates
{
    /// <summary>How many contents are remembered, and how long each may be.</summary>
    private const int MaxKnown = 1_000, MaxLength = 10_000;

    private static readonly ConcurrentDictionary<string, TemplateContents> Known = new();

    private static readonly Dictionary<string, Reason> Reasons =
        TemplateAssignment.Descriptor.EnumTypes.Single(type => type.Name == nameof(Reason)).Values
        .ToDictionary(value => value.Name, value => (Reason)value.Number);

    private static readonly Dictionary<Reason, string> Names = Reasons.ToDictionary(each => each.Value, each => each.Key);

    /// <summary>The contents, as a message of the caller's own.</summary>
    public static TemplateContents Contents(string stored)
    {
        if (Known.TryGetValue(stored, out var known))
        {
            return known.Clone();
        }

        var contents = TemplateContents.Parser.ParseJson(stored);
        if (stored.Length <= MaxLength)
        {
            if (Known.Count >= MaxKnown)
            {
                Known.Clear();
            }

            Known[stored] = contents.Clone();
        }

        return contents;
    }

    /// <summary>What a row keeps of contents.</summary>
    public static string Store(TemplateContents contents) => JsonFormatter.Default.Format(contents);

    /// <summary>What a row keeps of an assignment.</summary>
    public static string Store(TemplateAssignment assignment)
    {
        var stored = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(stored, new() { Encoder = ProfileJson.Compact.Encoder }))
        {
            json.WriteStartObject();
            json.WriteString("templateId", assignment.TemplateId);
            json.WriteString("templateName", assignment.TemplateName);
            json.WriteString("templateVersion", assignment.TemplateVersion.ToString(CultureInfo.InvariantCulture));
            json.WriteString("reason", Names[assignment.Reason]);
            if (assignment.MatchedRole.Length > 0)
            {
                json.WriteString("matchedRole", assignment.MatchedRole);
            }

            json.WriteString("assignTime", assignment.AssignTime.ToDateTime());
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stored.WrittenSpan);
    }

    /// <summary>Which template was assigned, why and when.</summary>
    public static TemplateAssignment Assignment(string stored)
    {
        using var json = JsonDocument.Parse(stored);
        var assignment = new TemplateAssignment();
        foreach (var member in json.RootElement.EnumerateObject())
        {
            var text = member.Value.GetString()!;
            switch (member.Name)
            {
                case "templateId":
                    assignment.TemplateId = text;
                    break;
                case "templateName":
                    assignment.TemplateName = text;
                    break;
                case "templateVersion":
                    assignment.TemplateVersion = long.Parse(text, CultureInfo.InvariantCulture);
                    break;
                case "reason":
                    assignment.Reason = Reasons[text];
                    break;
                case "matchedRole":
                    assignment.MatchedRole = text;
                    break;
                case "assignTime":
                    assignment.AssignTime = DateTimeOffset.Parse(text, CultureInfo.InvariantCulture).ToTimestamp();
                    break;
                default:
                    throw new FormatException($"A stored assignment has the unknown member {member.Name}.");
            }
        }

        return assignment;
    }
}
