using System.Text.Json;
using System.Text.Json.Nodes;
using Grpc.Core;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Json;
using Provisioning.Templates;

namespace Provisioning.Teammates;

/// <summary>
/// The profile that a request gives, in either form, read once before the write begins. What is wrong with it is told when the write asks
/// for it.
/// </summary>
internal sealed class GivenProfile
{
    /// <summary>A raw part may have as many levels of its own, wherever it stands.</summary>
    private const int MaxDepth = ProfileJson.MaxDepth + 4;

    private readonly JsonObject _json = [];
    private readonly RpcException? _fault;

    /// <param name="teammate">The teammate in the request; null for none.</param>
    public GivenProfile(V1.Teammate? teammate)
    {
        try
        {
            _json = teammate?.ContentCase switch
            {
                V1.Teammate.ContentOneofCase.ProfileJson => Arrange(Parse(teammate.ProfileJson)),
                V1.Teammate.ContentOneofCase.Profile => Arrange(ProfileRules.Open(teammate.Profile)),
                _ => [],
            };
        }
        catch (RpcException fault)
        {
            _fault = fault;
        }
    }

    /// <summary>The user name in one letter case, before it is checked; empty for one that cannot be.</summary>
    public string FoldedUserName =>
        _json["userName"]?.GetValue<string>() is { } name && Folding.IsStorable(name) ? Folding.Fold(name) : "";

    /// <summary>What may name a template.</summary>
    public IReadOnlyList<string> RoleCandidates => [.. Roles.Candidates(_json).Where(Folding.IsStorable)];

    /// <summary>The names in it that no schema has.</summary>
    public IEnumerable<string> UnknownNames => ProfileJson.UnknownNames(_json);

    /// <summary>Checks it as the whole profile of a new teammate.</summary>
    /// <exception cref="RpcException">INVALID_FIELD, naming the attribute.</exception>
    public ProfileDocument Check() =>
        _fault is null ? ProfileDocument.OfArranged(_json, StoredExtensions.None) : throw _fault;

    /// <summary>Checks it as the whole profile of a teammate who is there.</summary>
    /// <param name="stored">The profile as it is stored, whose raw attributes tell what raw attributes mean.</param>
    /// <exception cref="RpcException">INVALID_FIELD, naming the attribute.</exception>
    public ProfileDocument Check(string stored) =>
        _fault is null && _json.Any(member => !ProfileJson.HasField(V1.Profile.Descriptor, member.Key))
            ? ProfileDocument.Of((JsonObject)_json.DeepClone(), StoredExtensions.Of((JsonObject)JsonNode.Parse(stored)!))
            : Check();

    /// <summary>Brings attributes into the contract's letters and order.</summary>
    /// <param name="json">The attributes. They are taken apart.</param>
    /// <exception cref="RpcException">INVALID_FIELD, naming the attribute.</exception>
    public static JsonObject Arrange(JsonObject json)
    {
        try
        {
            return ProfileJson.Arrange(json);
        }
        catch (TeammateFormatException failure)
        {
            throw Failures.InvalidField(failure.Attribute, $"{failure.Message} Correct the value, or where it comes from.");
        }
    }

    private static JsonObject Parse(string text)
    {
        try
        {
            if (JsonNode.Parse(text, documentOptions: ProfileJson.Strict with { MaxDepth = MaxDepth }) is JsonObject json)
            {
                return json;
            }
        }
        catch (JsonException)
        {
            // Not JSON, which is said below.
        }

        throw Failures.InvalidField("profile_json",
            $"profile_json must be one JSON object without duplicate keys, at most {MaxDepth} levels deep.");
    }
}
