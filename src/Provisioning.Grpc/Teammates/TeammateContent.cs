using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Json;
using Provisioning.V1;
using Provisioning.Writing;

namespace Provisioning.Teammates;

/// <summary>A teammate's profile and external ids, as read from and laid into its row and its indexed values.</summary>
internal sealed class TeammateContent
{
    private HashSet<(string Attribute, string Value)> _values = [];

    private TeammateContent(Dictionary<string, string> externalIds) => ExternalIds = externalIds;

    /// <summary>The profile; null where the stored one stays.</summary>
    public ProfileDocument? Profile { get; set; }

    /// <summary>From connection id to external id.</summary>
    public Dictionary<string, string> ExternalIds { get; }

    public static TeammateContent New(ProfileDocument profile) => new([]) { Profile = profile };

    public static TeammateContent Of(Teammate teammate) => new(ReadExternalIds(teammate));

    public static Profile ReadProfile(Teammate teammate) => ProfileJson.Read(teammate.Profile);

    public static Dictionary<string, string> ReadExternalIds(Teammate teammate) => ReadExternalIds(teammate.ExternalIds);

    /// <summary>The id of the manager in a stored profile; empty for none.</summary>
    public static string ReadManager(string profile)
    {
        using var json = JsonDocument.Parse(profile);
        return json.RootElement.TryGetProperty(ProfileJson.EnterpriseSchema, out var enterprise)
            && enterprise.TryGetProperty("manager", out var manager)
            && manager.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
    }

    /// <summary>Sets or, with an empty text, removes the external id under which a caller knows the teammate.</summary>
    public void SetExternalId(string connectionId, string externalId)
    {
        Contract.ExternalIds.Check(externalId);
        if (externalId.Length == 0)
        {
            ExternalIds.Remove(connectionId);
        }
        else
        {
            ExternalIds[connectionId] = externalId;
        }
    }

    /// <summary>Lays the content into the row of a new teammate.</summary>
    public void Lay(Teammate teammate) =>
        _values = TeammateValues.Of(Lay(teammate, Profile!, JsonSerializer.Serialize(ExternalIds)), ExternalIds);

    /// <summary>Adds the indexed values of a new teammate, once its content is laid into its row.</summary>
    public void AddValues(Write write, Teammate teammate) =>
        TeammateValues.Add(write, teammate, _values.Concat(TeammateValues.OfBlock(teammate)));

    /// <summary>Lays the content into the row; indexed values follow. What did not change is left as it is.</summary>
    public void Store(Write write, Teammate teammate)
    {
        var (profile, externalIds, block) = (teammate.Profile, teammate.ExternalIds, TeammateValues.OfBlock(teammate));
        var (young, ids) = (Profile ?? ProfileDocument.Stored(profile), JsonSerializer.Serialize(ExternalIds));
        var text = young.Text;
        if (text == profile && ids == externalIds)
        {
            return;
        }

        write.OnDuplicate("user_name_folded", () => Failures.UserNameTaken(young.UserName));
        var document = Lay(teammate, young, ids);
        if (ids == externalIds && !TeammateValues.MayDiffer(profile, text))
        {
            return;
        }

        var present = ValuesOf(profile, externalIds).Concat(block).ToHashSet();
        var wanted = TeammateValues.Of(document, ExternalIds).Concat(TeammateValues.OfBlock(teammate)).ToHashSet();
        var (come, gone) = (wanted.Except(present), present.Except(wanted));
        if (come.Any(IsWord) || gone.Any(IsWord))
        {
            TeammateValues.RemoveWords(write, teammate);
            come = come.Where(value => !IsWord(value)).Concat(wanted.Where(IsWord));
        }

        TeammateValues.Remove(write, teammate, [.. gone.Where(value => !IsWord(value))]);
        TeammateValues.Add(write, teammate, come);
    }

    /// <summary>Removes every indexed value of a teammate that goes.</summary>
    public static void Remove(Write write, Teammate teammate)
    {
        TeammateValues.RemoveWords(write, teammate);
        TeammateValues.Remove(write, teammate,
            [.. ValuesOf(teammate.Profile, teammate.ExternalIds).Where(value => !IsWord(value)), .. TeammateValues.OfBlock(teammate)]);
    }

    /// <summary>Lays content into a row, and gives what is searched of it.</summary>
    private static JsonObject Lay(Teammate teammate, ProfileDocument profile, string externalIds)
    {
        var document = SearchDocument.OfProfile(profile.Json);
        teammate.UserName = profile.UserName;
        teammate.UserNameFolded = Folding.Fold(profile.UserName);
        (teammate.Profile, teammate.Search, teammate.ExternalIds) = (profile.Text, ProfileJson.WriteRaw(document), externalIds);
        return document;
    }

    private static HashSet<(string Attribute, string Value)> ValuesOf(string profile, string externalIds) =>
        TeammateValues.Of(SearchDocument.OfProfile((JsonObject)JsonNode.Parse(profile)!), ReadExternalIds(externalIds));

    private static Dictionary<string, string> ReadExternalIds(string json) =>
        json == "{}" ? [] : JsonSerializer.Deserialize<Dictionary<string, string>>(json)!;

    private static bool IsWord((string Attribute, string Value) value) => value.Attribute == TeammateValues.Word;
}
