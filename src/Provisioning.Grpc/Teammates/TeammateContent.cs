using System.Text.Json;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Json;
using Provisioning.Storage;
using Provisioning.V1;

namespace Provisioning.Teammates;

/// <summary>A teammate's profile and external ids, as read from and laid into its row and its indexed values.</summary>
internal sealed class TeammateContent
{
    private readonly HashSet<(string Attribute, string Value)> _stored;

    private TeammateContent(Profile profile, Dictionary<string, string> externalIds, bool isNew)
    {
        Profile = profile;
        ExternalIds = externalIds;
        _stored = isNew ? [] : TeammateValues.Of(SearchDocument.OfProfile(ProfileJson.Write(profile)), externalIds);
    }

    public Profile Profile { get; set; }

    /// <summary>From connection id to external id.</summary>
    public Dictionary<string, string> ExternalIds { get; }

    public static TeammateContent New(Profile profile) => new(profile, [], isNew: true);

    public static TeammateContent Of(Teammate teammate) =>
        new(ReadProfile(teammate), ReadExternalIds(teammate), isNew: false);

    public static Profile ReadProfile(Teammate teammate) => ProfileJson.Read(teammate.Profile);

    public static Dictionary<string, string> ReadExternalIds(Teammate teammate) =>
        teammate.ExternalIds == "{}" ? [] : JsonSerializer.Deserialize<Dictionary<string, string>>(teammate.ExternalIds)!;

    /// <summary>Sets or, with an empty text, removes the external id under which a caller knows the teammate.</summary>
    public void SetExternalId(string connectionId, string externalId)
    {
        ProfileRules.CheckExternalId(externalId);
        if (externalId.Length == 0)
        {
            ExternalIds.Remove(connectionId);
        }
        else
        {
            ExternalIds[connectionId] = externalId;
        }
    }

    /// <summary>Checks the content and lays it into the row; indexed values follow.</summary>
    public void Store(Write write, Teammate teammate)
    {
        var json = ProfileRules.Check(Profile);
        teammate.UserName = Profile.UserName;
        teammate.UserNameFolded = Folding.Fold(Profile.UserName);
        teammate.Profile = ProfileJson.WriteRaw(json);
        var document = SearchDocument.OfProfile(json);
        teammate.Search = ProfileJson.WriteRaw(document);
        teammate.ExternalIds = JsonSerializer.Serialize(ExternalIds);
        write.OnDuplicate("user_name_folded", Failures.UserNameTaken(Profile.UserName));
        var wanted = TeammateValues.Of(document, ExternalIds);
        var (come, gone) = (wanted.Except(_stored), _stored.Except(wanted));
        if (_stored.Count > 0 && (come.Any(IsWord) || gone.Any(IsWord)))
        {
            RemoveWords(write, teammate);
            come = come.Where(value => !IsWord(value)).Concat(wanted.Where(IsWord));
        }

        TeammateValues.Add(write, teammate, [.. come]);
        TeammateValues.Remove(write, teammate, [.. gone.Where(value => !IsWord(value))]);
    }

    /// <summary>Removes every indexed value of a teammate that goes.</summary>
    public void Remove(Write write, Teammate teammate)
    {
        RemoveWords(write, teammate);
        TeammateValues.Remove(write, teammate, [.. _stored.Where(value => !IsWord(value))]);
    }

    /// <summary>Which words are there depends on the version that wrote them, so they go whatever they are.</summary>
    private static void RemoveWords(Write write, Teammate teammate) => write.Finally(new(
        "DELETE FROM teammate_values WHERE company_id = $1 AND teammate_id = $2 AND attribute = $3", teammate.CompanyId, teammate.Id, TeammateValues.Word));

    private static bool IsWord((string Attribute, string Value) value) => value.Attribute == TeammateValues.Word;
}
