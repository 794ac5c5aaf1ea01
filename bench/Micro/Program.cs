// What happens between the wire and the database, piece by piece, with the bytes that each allocates.
//
//   dotnet run -c Release --project bench/Micro

using System.Text.Json.Nodes;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Running;
using Provisioning.Access;
using Provisioning.Filtering;
using Provisioning.Json;
using Provisioning.Schemas;
using Provisioning.Teammates;
using Scim.Patch;
using Scim.Tolerance;
using Scim.Users;
using Row = Provisioning.Teammates.Teammate;
using Teammate = Provisioning.V1.Teammate;

BenchmarkRunner.Run<Pieces>(args: args);

/// <summary>The pieces of a request.</summary>
[MemoryDiagnoser]
public class Pieces
{
    private const string Filter = """userName eq "ada@corp.example" and (emails[type eq "work"].value co "corp" or title pr)""";

    private const string Stored =
        """
        {"userName":"ada@corp.example","name":{"givenName":"Ada","familyName":"Byron"},"displayName":"Ada Byron","title":"Agent",
         "locale":"en-GB","emails":[{"value":"ada@corp.example","type":"work","primary":true}],"phoneNumbers":[{"value":"+44 20 7946 0000",
          "type":"work","primary":true}],"roles":[{"value":"Support agent","primary":true}],
           "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"4711","department":"Support"}}
        """;

    private const string Body =
        """
        {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"emails[type eq \"work\"].value",
         "value":"ada.byron@corp.example"},{"op":"Replace","path":"title","value":"Lead"},{"op":"Add","value":{"name.givenName":"Ada"}}]}
        """;

    private const string User =
        """
        {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
         "userName":"ada@corp.example","name":{"givenName":"Ada","familyName":"Byron"},"displayName":"Ada Byron","title":"Agent",
          "emails":[{"primary":true,"value":"ada@corp.example","type":"work"}],"phoneNumbers":[{"primary":true,"value":"+44 20 7946 0000",
           "type":"work"}],"locale":"en-GB","externalId":"00uada","roles":[{"value":"Support agent","primary":true}],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Support","employeeNumber":"4711"},"active":true}
        """;

    private static readonly string Secret = TokenSecret.New();

    private readonly Provisioning.Filtering.Filter _filter = FilterParser.Parse(Filter);
    private readonly Teammate _teammate =
        new()
        {
            Id = "tea_01",
            Etag = "1",
            State = Teammate.Types.State.Active,
            ProfileJson = Stored,
            CreateTime = new(),
            UpdateTime = new(),
        };

    private readonly JsonObject _user = (JsonObject)JsonNode.Parse(User)!;
    private readonly ProfileDocument _document = ProfileDocument.Stored(Stored);
    private readonly TeammateSnapshot _snapshot = new(Stored, Teammate.Types.State.Active, false, "00uada", null);

    /// <summary>A filter's text to its tree.</summary>
    [Benchmark]
    public object ParseFilter() => FilterParser.Parse(Filter);

    /// <summary>The tree to attributes of the schemas, with folded values.</summary>
    [Benchmark]
    public object BindFilter() => FilterBinder.Bind(_filter, ResourceType.User);

    /// <summary>A PATCH body to steps, and the steps applied to a user.</summary>
    [Benchmark]
    public object ApplyPatch()
    {
        var (user, tolerances) = ((JsonObject)JsonNode.Parse(Stored)!, new Tolerances());
        var steps = new UserPatch(PatchRequest.Read((JsonObject)JsonNode.Parse(Body)!, ResourceType.User, tolerances), tolerances).Read();
        TeammateSteps.Read([.. steps]).ApplyTo(user, isStrict: false);
        return user;
    }

    /// <summary>A stored profile to the contract's message.</summary>
    [Benchmark]
    public object ReadProfile() => ProfileJson.Read(Stored);

    /// <summary>A user's body to JSON.</summary>
    [Benchmark]
    public object? ParseUser() => JsonNode.Parse(User, documentOptions: ProfileJson.Strict);

    /// <summary>A user's body, as a provider sends it, to the profile that the core reads.</summary>
    [Benchmark]
    public object ReadUser() => UserBody.ReadRequest(_user, new Tolerances()).ProfileText;

    /// <summary>A profile read, checked, and laid into a row with what it is searched by.</summary>
    [Benchmark]
    public object LayProfile()
    {
        var row = NewRow();
        var profile = new GivenProfile(new() { ProfileJson = Stored });
        TeammateContent.New(profile.Check()).Lay(row);
        return row;
    }

    /// <summary>What the log tells of a new teammate.</summary>
    [Benchmark]
    public object TellOfNew() => TeammateDifferences.OfNew(_snapshot, _document.Json);

    /// <summary>The message to SCIM's JSON, as text.</summary>
    [Benchmark]
    public object WriteUser() => new UserResource(_teammate, "http://127.0.0.1/v2", "http://127.0.0.1/v2/Users/tea_01").ToJson();

    /// <summary>A token's secret to what the caches know it by.</summary>
    [Benchmark]
    public object HashToken() => TokenSecret.Hash(Secret);

    private static Row NewRow() =>
        new() { CompanyId = "com_01", Id = "tea_01", UserName = "", UserNameFolded = "", Profile = "", Search = "", ExternalIds = "{}" };
}
