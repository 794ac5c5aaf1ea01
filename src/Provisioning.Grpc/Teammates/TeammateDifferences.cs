using System.Text.Json.Nodes;
using Provisioning.Json;
using Provisioning.Log;

namespace Provisioning.Teammates;

/// <summary>What moved between two states of a teammate, attribute by attribute, for the log and the change.</summary>
internal static class TeammateDifferences
{
    /// <summary>The name under which the state is told.</summary>
    public const string Active = "active";

    /// <summary>A state that changed to what it is now, and nothing else.</summary>
    public static LogDifference OfState(Teammate teammate) => Text(teammate) is "true" ? new(Active, "false", "true") : new(Active, "true", "false");

    /// <summary>A teammate's loggable state: its profile by attribute (names in their parts), and what stands beside it.</summary>
    public static SortedDictionary<string, string> Snapshot(Teammate? teammate, string connectionId)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (teammate is null)
        {
            return values;
        }

        foreach (var (name, node) in (JsonObject)JsonNode.Parse(teammate.Profile)!)
        {
            if (node is JsonObject parts)
            {
                foreach (var (part, value) in parts)
                {
                    values[name == ProfileJson.EnterpriseSchema ? part : name.StartsWith("urn:", StringComparison.OrdinalIgnoreCase) ? $"{name}:{part}" : $"{name}.{part}"]
                        = ProfileJson.WriteRaw(value);
                }
            }
            else
            {
                values[name] = ProfileJson.WriteRaw(node);
            }
        }

        values[Active] = Text(teammate);
        values["companyAdmin"] = teammate.CompanyAdmin ? "true" : "false";
        AddText(values, "externalId", TeammateContent.ReadExternalIds(teammate).GetValueOrDefault(connectionId));
        AddText(values, "template", teammate.TemplateId);
        return values;
    }

    public static IReadOnlyList<LogDifference> Between(SortedDictionary<string, string> before, SortedDictionary<string, string> after) =>
    [
        .. before.Keys.Union(after.Keys).Order(StringComparer.Ordinal)
            .Select(name => new LogDifference(name, before.GetValueOrDefault(name), after.GetValueOrDefault(name)))
            .Where(difference => difference.Before != difference.After),
    ];

    private static string Text(Teammate teammate) => teammate.State == V1.Teammate.Types.State.Active ? "true" : "false";

    private static void AddText(SortedDictionary<string, string> values, string name, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            values[name] = ProfileJson.WriteRaw(JsonValue.Create(text));
        }
    }
}
