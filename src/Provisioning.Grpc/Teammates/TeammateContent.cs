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
    private readonly Teammate? _stored;
    private HashSet<(string Attribute, string Value)> _values = [];

    private TeammateContent(Teammate? stored, Dictionary<string, string> externalIds) => (_stored, ExternalIds) = (stored, externalIds);

    /// <summary>The profile: the stored one until another is set, which is not read before it is asked for.</summary>
    public Profile Profile
    {
        get => field ??= _stored is null ? new() : ReadProfile(_stored);
        set;
    }

    /// <summary>From connection id to external id.</summary>
    public Dictionary<string, string> ExternalIds { get; }

    public static TeammateContent New(Profile profile) => new(null, []) { Profile = profile };

    public static TeammateContent Of(Teammate teammate) => new(teammate, ReadExternalIds(teammate));

    public static Profile ReadProfile(Teammate teammate) => ProfileJson.Read(teammate.Profile);

    public static Dictionary<string, string> ReadExternalIds(Teammate teammate) => ReadExternalIds(teammate.ExternalIds);

    /// <summary>The roles in a stored profile, as the contract has them.</summary>
    public static string RolesIn(string profile)
    {
        using var json = JsonDocument.Parse(profile);
        return json.RootElement.TryGetProperty("roles", out var roles) ? roles.GetRawText() : "";
    }

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

    /// <summary>Checks the content and lays it into the row of a new teammate.</summary>
    public void Lay(Teammate teammate)
    {
        var (json, text) = ProfileRules.Check(Profile, new HashSet<string>());
        _values = TeammateValues.Of(Lay(teammate, json, text, JsonSerializer.Serialize(ExternalIds)), ExternalIds);
    }

    /// <summary>Adds the indexed values of a new teammate, once its content is laid into its row.</summary>
    public void AddValues(Write write, Teammate teammate) =>
        TeammateValues.Add(write, teammate, _values.Concat(TeammateValues.OfBlock(teammate)));

    /// <summary>Checks the content and lays it into the row; indexed values follow. What did not change is left as it is.</summary>
    public void Store(Write write, Teammate teammate)
    {
        var (profile, externalIds, block) = (teammate.Profile, teammate.ExternalIds, TeammateValues.OfBlock(teammate));
        var stored = StoredExtensions.Of(Profile.ExtensionsJson.Count == 0 ? "{}" : profile);
        stored.Settle(Profile);
        var (json, text) = ProfileRules.Check(Profile, stored.Names);
        var ids = JsonSerializer.Serialize(ExternalIds);
        if (text == profile && ids == externalIds)
        {
            return;
        }

        write.OnDuplicate("user_name_folded", () => Failures.UserNameTaken(Profile.UserName));
        var document = Lay(teammate, json, text, ids);
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

    /// <summary>Lays checked content into a row, and gives what is searched of it.</summary>
    private JsonObject Lay(Teammate teammate, JsonObject json, string text, string externalIds)
    {
        var document = SearchDocument.OfProfile(json);
        teammate.UserName = Profile.UserName;
        teammate.UserNameFolded = Folding.Fold(Profile.UserName);
        (teammate.Profile, teammate.Search, teammate.ExternalIds) = (text, ProfileJson.WriteRaw(document), externalIds);
        return document;
    }

    private static HashSet<(string Attribute, string Value)> ValuesOf(string profile, string externalIds) =>
        TeammateValues.Of(SearchDocument.OfProfile((JsonObject)JsonNode.Parse(profile)!), ReadExternalIds(externalIds));

    private static Dictionary<string, string> ReadExternalIds(string json) =>
        json == "{}" ? [] : JsonSerializer.Deserialize<Dictionary<string, string>>(json)!;

    private static bool IsWord((string Attribute, string Value) value) => value.Attribute == TeammateValues.Word;
}
