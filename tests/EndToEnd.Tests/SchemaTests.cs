using System.Text.Json.Nodes;
using EndToEnd.Harness;

namespace EndToEnd;

public sealed class SchemaTests
{
    private static readonly string[] Characteristics =
        ["name", "type", "multiValued", "description", "required", "caseExact", "mutability", "returned", "uniqueness"];

    [Theory, Everywhere]
    [Proves("schemas")]
    public async Task every_attribute_tells_every_characteristic(Setup setup)
    {
        var tenant = await setup.TenantAsync();

        var schemas = (await tenant.ScimAsync("GET", "/Schemas", authorization: "")).Json["Resources"]!.AsArray();

        Assert.Equal(4, schemas.Count);
        foreach (var attribute in schemas.SelectMany(schema => schema!["attributes"]!.AsArray()).SelectMany(WithParts))
        {
            Assert.All(Characteristics, name => Assert.True(attribute[name] is not null, $"{attribute["name"]} lacks {name}"));
            Assert.Equal(attribute["type"]!.GetValue<string>() == "complex", attribute["subAttributes"] is not null);
            Assert.Equal(attribute["type"]!.GetValue<string>() == "reference", attribute["referenceTypes"] is not null);
        }
    }

    [Theory, Everywhere]
    [Proves("schemas")]
    public async Task what_resources_show_stands_in_their_schemas(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var ada = await tenant.ScimAsync("POST", "/Users",
            """
            {"userName":"ada@x","name":{"givenName":"Ada","formatted":"Ada B"},"emails":[{"value":"a@x","type":"work","primary":true}],
             "addresses":[{"country":"PL","type":"work"}],
             "roles":[{"value":"Agent","display":"Agent"}],"locale":"en",
              "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"d","manager":{"value":"m","displayName":"M"}}}
            """);
        await tenant.NewGroupAsync("Support", ada["id"]!);
        var schemas = (await tenant.ScimAsync("GET", "/Schemas")).Json["Resources"]!.AsArray().ToDictionary(
            schema => schema!["id"]!.GetValue<string>(), schema => schema!["attributes"]!.AsArray());
        string[] common = ["schemas", "id", "externalId", "meta"];

        foreach (var resource in (JsonObject[])[
            (await tenant.ScimAsync("GET", $"/Users/{ada["id"]}")).Json,
                (JsonObject)(await tenant.ScimAsync("GET", "/Groups")).Json["Resources"]![0]!])
        {
            var own = resource["schemas"]!.AsArray().Select(urn => urn!.GetValue<string>()).ToList();
            foreach (var (name, value) in resource.Where(entry => !common.Contains(entry.Key)))
            {
                Check(own.Contains(name) ? null : Assert.Single(schemas[own[0]], each => each!["name"]!.GetValue<string>() == name),
                    own.Contains(name) ? schemas[name] : null, value);
            }
        }
    }

    /// <summary>Every part of a value is a part of its attribute, or an attribute of its schema.</summary>
    private static void Check(JsonNode? attribute, JsonArray? parts, JsonNode? value)
    {
        foreach (var item in value switch { JsonArray list => list.OfType<JsonObject>(), JsonObject single => [single], _ => [] })
        {
            foreach (var (name, inner) in item)
            {
                Check(Assert.Single(parts ?? attribute!["subAttributes"]!.AsArray(), each => each!["name"]!.GetValue<string>() == name),
                    null, inner);
            }
        }
    }

    private static IEnumerable<JsonNode> WithParts(JsonNode? attribute) =>
        [attribute!, .. (attribute!["subAttributes"] as JsonArray ?? []).SelectMany(WithParts)];
}
