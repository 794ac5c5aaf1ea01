using System.Net;
using System.Text.Json.Nodes;
using Provisioning.Schemas;
using Scim.Bulk;
using Scim.Lists;
using Scim.Wire;

namespace Scim.Discovery;

/// <summary>What this service says of itself (RFC 7644 section 4), from what it really does.</summary>
internal static class DiscoveryDocuments
{
    private const string ConfigSchema = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig",
        TypeSchema = "urn:ietf:params:scim:schemas:core:2.0:ResourceType", SchemaSchema = "urn:ietf:params:scim:schemas:core:2.0:Schema";

    private static readonly ResourceType[] Types = [ResourceType.User, ResourceType.Group, ResourceType.Role];

    public static JsonObject ServiceProviderConfig(string baseUrl) => new()
    {
        ["schemas"] = new JsonArray(ConfigSchema),
        ["patch"] = Supported(true),
        ["bulk"] = new JsonObject
        {
            ["supported"] = true,
            ["maxOperations"] = BulkRequest.MaxOperations,
            ["maxPayloadSize"] =
            ScimBody.MaxBulkBytes
        },
        ["filter"] = new JsonObject { ["supported"] = true, ["maxResults"] = ListQuery.MaxCount },
        ["changePassword"] = Supported(false),
        ["sort"] = Supported(true),
        ["etag"] = Supported(true),
        ["pagination"] = new JsonObject
        {
            ["cursor"] = true,
            ["index"] = true,
            ["defaultPaginationMethod"] = "index",
            ["defaultPageSize"] = ListQuery.DefaultCount,
            ["maxPageSize"] = ListQuery.MaxCount,
        },
        ["authenticationSchemes"] = new JsonArray(
            Scheme("oauthbearertoken", "Bearer token",
                "An API token with the scope auto_provisioning in the header \"Authorization: Bearer\".", true),
            Scheme("httpbasic", "HTTP Basic", "The API token as password, with any user name.", false)),
        ["meta"] = Meta.Of("ServiceProviderConfig", $"{baseUrl}/ServiceProviderConfig"),
    };

    public static IEnumerable<JsonObject> ResourceTypes(string baseUrl) => Types.Select(type => new JsonObject
    {
        ["schemas"] = new JsonArray(TypeSchema),
        ["id"] = type.Name,
        ["name"] = type.Name,
        ["endpoint"] = type.Endpoint,
        ["description"] = type.Core.Description,
        ["schema"] = type.Core.Id,
        ["schemaExtensions"] = new JsonArray(
            [.. type.Extensions.Select(each => (JsonNode)new JsonObject { ["schema"] = each.Id, ["required"] = false })]),
        ["meta"] = Meta.Of("ResourceType", $"{baseUrl}/ResourceTypes/{type.Name}"),
    });

    public static IEnumerable<JsonObject> Schemas(string baseUrl) => Types.SelectMany(type => type.Schemas).Select(schema => new JsonObject
    {
        ["schemas"] = new JsonArray(SchemaSchema),
        ["id"] = schema.Id,
        ["name"] = schema.Name,
        ["description"] = schema.Description,
        ["attributes"] = new JsonArray([.. schema.Attributes.Select(each => (JsonNode)Attribute(each))]),
        ["meta"] = Meta.Of("Schema", $"{baseUrl}/Schemas/{schema.Id}"),
    });

    /// <summary>One of a collection by its id, or 404.</summary>
    public static ScimReply One(IEnumerable<JsonObject> all, string id) =>
        ScimReply.Of(all.FirstOrDefault(each => each["id"]!.GetValue<string>().Equals(id, StringComparison.OrdinalIgnoreCase))
            ?? throw new ScimException(HttpStatusCode.NotFound, null, $"There is no {id} here."));

    /// <summary>A whole collection as a list. A filter is refused (RFC 7644 section 4).</summary>
    public static ScimReply List(HttpRequest request, IEnumerable<JsonObject> all)
    {
        if (request.Query.ContainsKey("filter"))
        {
            throw new ScimException(HttpStatusCode.Forbidden, null, "Discovery endpoints take no filter.");
        }

        var resources = all.Select(each => new JsonResource(each)).ToList();
        return new ResourceList(resources.Count, resources, "").ToReply(new ListQuery());
    }

    private static JsonObject Supported(bool supported) => new() { ["supported"] = supported };

    private static JsonObject Scheme(string type, string name, string description, bool primary) =>
        new() { ["type"] = type, ["name"] = name, ["description"] = description, ["primary"] = primary };

    private static JsonObject Attribute(SchemaAttribute attribute)
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
            ["returned"] = CamelCase(attribute.Returned.ToString()),
            ["uniqueness"] = attribute.Unique ? "server" : "none",
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
