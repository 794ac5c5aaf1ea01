using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Json;
using Provisioning.Writing;
using State = Provisioning.V1.Teammate.Types.State;

namespace Provisioning.Teammates;

/// <summary>What moved between two states of a teammate, attribute by attribute, for the log and the change.</summary>
internal static class TeammateDifferences
{
    /// <summary>The name under which the state is told.</summary>
    public const string Active = "active";

    /// <summary>A state that changed to what it is now, and nothing else.</summary>
    public static LogDifference OfState(Teammate teammate) =>
        teammate.State == State.Active ? new(Active, "false", "true") : new(Active, "true", "false");

    /// <summary>What moved between two states of a teammate; null for one that is not there. Only what moved is taken apart.</summary>
    public static IReadOnlyList<LogDifference> Between(TeammateSnapshot? before, TeammateSnapshot? after)
    {
        var moved = new SortedDictionary<string, LogDifference>(StringComparer.Ordinal);
        if (before?.Profile != after?.Profile)
        {
            AddProfiles(moved, before?.Profile ?? "{}", after?.Profile ?? "{}");
        }

        AddBeside(moved, before, after);
        return [.. moved.Values];
    }

    /// <summary>What stands beside the profile has these names, whatever an extension calls its own.</summary>
    private static void AddBeside(
        SortedDictionary<string, LogDifference> moved, TeammateSnapshot? before, TeammateSnapshot? after)
    {
        AddMoved(moved, Active, TextOf(before?.State == State.Active, before), TextOf(after?.State == State.Active, after));
        AddMoved(moved, "companyAdmin", TextOf(before?.CompanyAdmin, before), TextOf(after?.CompanyAdmin, after));
        AddMoved(moved, "externalId", Quoted(before?.ExternalId), Quoted(after?.ExternalId));
        AddMoved(moved, "template", Quoted(before?.TemplateId), Quoted(after?.TemplateId));
    }

    /// <summary>What is told of a new teammate.</summary>
    /// <param name="teammate">The teammate.</param>
    /// <param name="profile">Its profile, as it is stored.</param>
    public static IReadOnlyList<LogDifference> OfNew(TeammateSnapshot teammate, JsonObject profile)
    {
        var moved = new SortedDictionary<string, LogDifference>(StringComparer.Ordinal);
        AddParts(moved, [], profile.SelectMany(member => Parts(member.Key, member.Value)));
        AddBeside(moved, null, teammate);
        return [.. moved.Values];
    }

    private static void AddProfiles(SortedDictionary<string, LogDifference> moved, string before, string after)
    {
        using var old = JsonDocument.Parse(before);
        using var young = JsonDocument.Parse(after);
        foreach (var member in young.RootElement.EnumerateObject())
        {
            if (!old.RootElement.TryGetProperty(member.Name, out var value))
            {
                AddParts(moved, [], Parts(member.Name, member.Value));
            }
            else if (!JsonMarshal.GetRawUtf8Value(value).SequenceEqual(JsonMarshal.GetRawUtf8Value(member.Value)))
            {
                AddParts(moved, [.. Parts(member.Name, value)], Parts(member.Name, member.Value));
            }
        }

        foreach (var member in old.RootElement.EnumerateObject())
        {
            if (!young.RootElement.TryGetProperty(member.Name, out _))
            {
                AddParts(moved, [.. Parts(member.Name, member.Value)], []);
            }
        }
    }

    private static void AddParts(SortedDictionary<string, LogDifference> moved, List<(string Name, string Text)> before,
        IEnumerable<(string Name, string Text)> after)
    {
        foreach (var (name, text) in after)
        {
            var at = before.Count == 0 ? -1 : before.FindIndex(part => part.Name == name);
            AddMoved(moved, name, at < 0 ? null : before[at].Text, text);
            if (at >= 0)
            {
                before.RemoveAt(at);
            }
        }

        foreach (var (name, text) in before)
        {
            AddMoved(moved, name, text, null);
        }
    }

    /// <summary>An attribute of a profile, names and extensions in their parts.</summary>
    private static IEnumerable<(string Name, string Text)> Parts(string name, JsonElement value) => value.ValueKind != JsonValueKind.Object
        ? [(name, value.GetRawText())]
        : value.EnumerateObject().Select(part => (NameOf(name, part.Name), part.Value.GetRawText()));

    private static IEnumerable<(string Name, string Text)> Parts(string name, JsonNode? value) => value is JsonObject parts
        ? parts.Select(part => (NameOf(name, part.Key), ProfileJson.WriteRaw(part.Value)))
        : [(name, ProfileJson.WriteRaw(value))];

    private static string NameOf(string name, string part) =>
        name == ProfileJson.EnterpriseSchema ? part
        : name.StartsWith("urn:", StringComparison.OrdinalIgnoreCase) ? $"{name}:{part}"
        : $"{name}.{part}";

    private static void AddMoved(SortedDictionary<string, LogDifference> moved, string name, string? before, string? after)
    {
        if (before == after)
        {
            moved.Remove(name);
        }
        else
        {
            moved[name] = new(name, before, after);
        }
    }

    /// <summary>A yes or no of a teammate that is there.</summary>
    private static string? TextOf(bool? value, TeammateSnapshot? teammate) => teammate is null ? null : value == true ? "true" : "false";

    private static string? Quoted(string? text) => string.IsNullOrEmpty(text) ? null : ProfileJson.WriteRaw(JsonValue.Create(text));
}

/// <summary>What the log tells of a teammate's state.</summary>
internal sealed record TeammateSnapshot(string Profile, State State, bool CompanyAdmin, string ExternalId, string? TemplateId)
{
    /// <summary>The state as the caller's connection sees it.</summary>
    public static TeammateSnapshot Of(Teammate teammate, string connectionId) =>
        new(teammate.Profile, teammate.State, teammate.CompanyAdmin,
            TeammateContent.ReadExternalIds(teammate).GetValueOrDefault(connectionId, ""), teammate.TemplateId);
}
