using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Json;
using Provisioning.Log;
using State = Provisioning.V1.Teammate.Types.State;

namespace Provisioning.Teammates;

/// <summary>What moved between two states of a teammate, attribute by attribute, for the log and the change.</summary>
internal static class TeammateDifferences
{
    /// <summary>The name under which the state is told.</summary>
    public const string Active = "active";

    /// <summary>A state that changed to what it is now, and nothing else.</summary>
    public static LogDifference OfState(Teammate teammate) => teammate.State == State.Active ? new(Active, "false", "true") : new(Active, "true", "false");

    /// <summary>What moved between two states of a teammate; null for one that is not there. Only what moved is taken apart.</summary>
    public static IReadOnlyList<LogDifference> Between(TeammateSnapshot? before, TeammateSnapshot? after)
    {
        var (old, young) = (NewValues(), NewValues());
        if (before?.Profile != after?.Profile)
        {
            using var oldProfile = JsonDocument.Parse(before?.Profile ?? "{}");
            using var youngProfile = JsonDocument.Parse(after?.Profile ?? "{}");
            foreach (var member in youngProfile.RootElement.EnumerateObject())
            {
                if (!oldProfile.RootElement.TryGetProperty(member.Name, out var value))
                {
                    Flatten(young, member.Name, member.Value);
                }
                else if (!JsonMarshal.GetRawUtf8Value(value).SequenceEqual(JsonMarshal.GetRawUtf8Value(member.Value)))
                {
                    Flatten(old, member.Name, value);
                    Flatten(young, member.Name, member.Value);
                }
            }

            foreach (var member in oldProfile.RootElement.EnumerateObject())
            {
                if (!youngProfile.RootElement.TryGetProperty(member.Name, out _))
                {
                    Flatten(old, member.Name, member.Value);
                }
            }
        }

        AddRest(old, before);
        AddRest(young, after);
        return Between(old, young);
    }

    public static IReadOnlyList<LogDifference> Between(SortedDictionary<string, string> before, SortedDictionary<string, string> after) =>
    [
        .. before.Keys.Union(after.Keys).Order(StringComparer.Ordinal)
            .Select(name => new LogDifference(name, before.GetValueOrDefault(name), after.GetValueOrDefault(name)))
            .Where(difference => difference.Before != difference.After),
    ];

    /// <summary>Adds an attribute of a profile, names and extensions in their parts.</summary>
    private static void Flatten(SortedDictionary<string, string> values, string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            values[name] = value.GetRawText();
            return;
        }

        foreach (var part in value.EnumerateObject())
        {
            values[name == ProfileJson.EnterpriseSchema ? part.Name : name.StartsWith("urn:", StringComparison.OrdinalIgnoreCase) ? $"{name}:{part.Name}" : $"{name}.{part.Name}"]
                = part.Value.GetRawText();
        }
    }

    /// <summary>Adds what stands beside the profile.</summary>
    private static void AddRest(SortedDictionary<string, string> values, TeammateSnapshot? teammate)
    {
        if (teammate is null)
        {
            return;
        }

        values[Active] = Text(teammate.State);
        values["companyAdmin"] = teammate.CompanyAdmin ? "true" : "false";
        AddText(values, "externalId", teammate.ExternalId);
        AddText(values, "template", teammate.TemplateId);
    }

    private static SortedDictionary<string, string> NewValues() => new(StringComparer.Ordinal);

    private static string Text(State state) => state == State.Active ? "true" : "false";

    private static void AddText(SortedDictionary<string, string> values, string name, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            values[name] = ProfileJson.WriteRaw(JsonValue.Create(text));
        }
    }
}

/// <summary>What the log tells of a teammate's state.</summary>
internal sealed record TeammateSnapshot(string Profile, State State, bool CompanyAdmin, string ExternalId, string? TemplateId)
{
    /// <summary>The state as the caller's connection sees it.</summary>
    public static TeammateSnapshot Of(Teammate teammate, string connectionId) =>
        new(teammate.Profile, teammate.State, teammate.CompanyAdmin, TeammateContent.ReadExternalIds(teammate).GetValueOrDefault(connectionId, ""), teammate.TemplateId);
}
