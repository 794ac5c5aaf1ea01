using System.Net;
using System.Text.Json.Nodes;
using Scim.Schema;
using Scim.Users;
using Scim.Wire;

namespace Scim.Discovery;

/// <summary>What this service says of itself (RFC 7644 section 4), from what it really does.</summary>
internal static class DiscoveryDocuments
{
    private const string ConfigSchema = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig",
        TypeSchema = "urn:ietf:params:scim:schemas:core:2.0:ResourceType", SchemaSchema = "urn:ietf:params:scim:schemas:core:2.0:Schema";

    private static readonly ScimSchema[] Schemas = [UserSchemas.User, UserSchemas.Enterprise];

    public static JsonObject ServiceProviderConfig(string baseUrl) => new()
    {
        ["schemas"] = new JsonArray(ConfigSchema),
        ["patch"] = Supported(true),
        ["bulk"] = new JsonObject { ["supported"] = false, ["maxOperations"] = 0, ["maxPayloadSize"] = 0 },
        ["filter"] = new JsonObject { ["supported"] = true, ["maxResults"] = UserEndpoint.MaxCount },
        ["changePassword"] = Supported(false),
        ["sort"] = Supported(false),
        ["etag"] = Supported(true),
        ["authenticationSchemes"] = new JsonArray(
            Scheme("oauthbearertoken", "Bearer token", "An API token with the scope auto_provisioning in the header \"Authorization: Bearer\".", true),
            Scheme("httpbasic", "HTTP Basic", "The API token as password, with any user name.", false)),
        ["interopProfileConformant"] = false,
        ["meta"] = Meta("ServiceProviderConfig", $"{baseUrl}/ServiceProviderConfig"),
    };

    public static IEnumerable<JsonObject> ResourceTypes(string baseUrl) =>
    [
        new()
        {
            ["schemas"] = new JsonArray(TypeSchema),
            ["id"] = "User",
            ["name"] = "User",
            ["endpoint"] = "/Users",
            ["description"] = "A teammate.",
            ["schema"] = UserSchemas.User.Id,
            ["schemaExtensions"] = new JsonArray(new JsonObject { ["schema"] = UserSchemas.Enterprise.Id, ["required"] = false }),
            ["meta"] = Meta("ResourceType", $"{baseUrl}/ResourceTypes/User"),
        },
    ];

    public static IEnumerable<JsonObject> AllSchemas(string baseUrl) => Schemas.Select(schema => new JsonObject
    {
        ["schemas"] = new JsonArray(SchemaSchema),
        ["id"] = schema.Id,
        ["name"] = schema.Name,
        ["description"] = schema.Description,
        ["attributes"] = new JsonArray([.. schema.Attributes.Select(each => (JsonNode)Attribute(each))]),
        ["meta"] = Meta("Schema", $"{baseUrl}/Schemas/{schema.Id}"),
    });

    /// <summary>One of a collection by its id, or 404.</summary>
    public static ScimReply One(IEnumerable<JsonObject> all, string id) =>
        new(HttpStatusCode.OK, all.FirstOrDefault(each => each["id"]!.GetValue<string>().Equals(id, StringComparison.OrdinalIgnoreCase))
            ?? throw new ScimException(HttpStatusCode.NotFound, null, $"There is no {id} here."));

    /// <summary>A whole collection as a list. A filter is refused (RFC 7644 section 4).</summary>
    public static ScimReply List(HttpRequest request, IEnumerable<JsonObject> all)
    {
        if (request.Query.ContainsKey("filter"))
        {
            throw new ScimException(HttpStatusCode.Forbidden, null, "Discovery endpoints take no filter.");
        }

        var resources = all.ToArray<JsonNode>();
        return new(HttpStatusCode.OK, new()
        {
            ["schemas"] = new JsonArray(UserEndpoint.ListSchema),
            ["totalResults"] = resources.Length,
            ["startIndex"] = 1,
            ["itemsPerPage"] = resources.Length,
            ["Resources"] = new JsonArray(resources),
        });
    }

    private static JsonObject Supported(bool supported) => new() { ["supported"] = supported };

    private static JsonObject Scheme(string type, string name, string description, bool primary) =>
        new() { ["type"] = type, ["name"] = name, ["description"] = description, ["primary"] = primary };

    private static JsonObject Meta(string type, string location) => new() { ["resourceType"] = type, ["location"] = location };

    private static JsonObject Attribute(ScimAttribute attribute)
    {
        var json = new JsonObject
        {
            ["name"] = attribute.Name,
            ["type"] = CamelCase(attribute.Type.ToString()),
            ["multiValued"] = attribute.MultiValued,
            ["description"] = attribute.Description,
            ["required"] = attribute.Required,
            ["caseExact"] = attribute.CaseExact,
            ["mutability"] = CamelCase(attribute.Mutability.ToString()),
            ["returned"] = attribute.Returned,
            ["uniqueness"] = attribute.Uniqueness,
        };
        AddTexts(json, "canonicalValues", attribute.CanonicalValues);
        AddTexts(json, "referenceTypes", attribute.ReferenceTypes);
        if (attribute.SubAttributes.Count > 0)
        {
            json["subAttributes"] = new JsonArray([.. attribute.SubAttributes.Select(each => (JsonNode)Attribute(each))]);
        }

        return json;
    }

    private static void AddTexts(JsonObject json, string name, IReadOnlyList<string> texts)
    {
        if (texts.Count > 0)
        {
            json[name] = new JsonArray([.. texts.Select(text => (JsonNode)text)]);
        }
    }

    private static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
