using System.Text.Json.Nodes;
using CsCheck;
using Provisioning.Schemas;
using Scim.Patch;
using Scim.Tolerance;
using Scim.Wire;

namespace Scim.Tests;

public sealed class Patching
{
    private static readonly Gen<string> Paths = OneOf(
        "userName", "name.familyName", "name", "title", "active", "emails", "emails[type eq \"work\"]", "emails[type eq \"work\"].value",
        "emails[primary eq true].display", "emails.type", "addresses[type eq \"home\"].country", "roles", "roles[primary eq \"True\"].value", "shoeSize",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "urn:x:acme:2.0:User:level");

    private static readonly Gen<string> Values = OneOf(
        "\"text\"", "\"\"", "null", "true", "\"False\"", "[]", "{}", "7",
        """{"value":"a@b","type":"work","primary":true}""", """[{"value":"c@d","primary":true},{"value":"e@f","type":"work"}]""",
        """{"familyName":"King"}""", """["Agent"]""", """{"name.givenName":"Ada","active":false}""");

    private static readonly Gen<string> Operations =
        from verb in OneOf("add", "replace", "remove", "Replace", "Add")
        from path in Paths
        from value in Values
        from pathless in Gen.Int[0, 5]
        select pathless == 0
            ? $$"""{"op":"{{verb}}","value":{{value}}}"""
            : $$"""{"op":"{{verb}}","path":{{JsonValue.Create(path).ToJsonString()}},"value":{{value}}}""";

    [Fact]
    public void any_operations_leave_at_most_one_primary_or_are_refused_as_bad_input() =>
        Operations.List[1, 6].Sample(operations =>
        {
            if (Apply(User(), $"[{string.Join(',', operations)}]") is not { } after)
            {
                return;
            }

            foreach (var list in after.Select(entry => entry.Value).OfType<JsonArray>())
            {
                Assert.True(list.OfType<JsonObject>().Count(item => item["primary"] is JsonValue flag && flag.ToJsonString() == "true") <= 1, after.ToJsonString());
            }
        }, iter: 20_000);

    [Fact]
    public void replacing_twice_is_replacing_once() =>
        Gen.Select(Paths, Values, (path, value) => $$"""[{"op":"replace","path":{{JsonValue.Create(path).ToJsonString()}},"value":{{value}}}]""")
            .Sample(operations =>
            {
                if (Apply(User(), operations) is { } once && Apply((JsonObject)once.DeepClone(), operations) is { } twice)
                {
                    Assert.True(JsonNode.DeepEquals(once, twice), $"{operations}\n{once.ToJsonString()}\n{twice.ToJsonString()}");
                }
            }, iter: 3_000);

    [Fact]
    public void any_path_is_read_or_refused() =>
        Gen.OneOf(Gen.String, Gen.Char["[].:\"\\ aeqmils$urn("].Array.Select(letters => new string(letters))).Sample(text =>
        {
            try
            {
                PatchPath.Parse(text, ResourceType.User);
            }
            catch (ScimException refusal)
            {
                Assert.Contains(refusal.ScimType, (string[])[ScimType.InvalidPath, ScimType.InvalidFilter]);
            }
        }, iter: 20_000);

    [Theory]
    [InlineData("""[{"op":"add","path":"emails","value":[{"value":"new@x","primary":true}]}]""", """[{"value":"old@x","type":"work","primary":false},{"value":"new@x","primary":true}]""")]
    [InlineData("""[{"op":"remove","path":"emails","value":[{"value":"old@x"}]}]""", null)]
    [InlineData("""[{"op":"remove","path":"emails[type eq \"home\"]"}]""", """[{"value":"old@x","type":"work","primary":true}]""")]
    [InlineData("""[{"op":"replace","path":"emails[type eq \"home\"].value","value":"h@x"}]""", """[{"value":"old@x","type":"work","primary":true},{"type":"home","value":"h@x"}]""")]
    [InlineData("""[{"op":"add","path":"emails","value":{"value":"old@x","type":"work","primary":true}}]""", """[{"value":"old@x","type":"work","primary":true}]""")]
    [InlineData("""[{"op":"replace","path":"emails","value":[]}]""", null)]
    [InlineData("""[{"op":"replace","value":{"emails[type eq \"work\"].value":"k@x"}}]""", """[{"value":"k@x","type":"work","primary":true}]""")]
    public void e_mail_addresses_after(string operations, string? expected) =>
        Assert.Equal(expected, Apply(User(), operations)!["emails"]?.ToJsonString());

    [Theory]
    [InlineData("""[{"op":"frob","path":"title"}]""", ScimType.InvalidSyntax)]
    [InlineData("""[{"op":"remove"}]""", ScimType.NoTarget)]
    [InlineData("""[{"op":"replace","path":"id","value":"x"}]""", ScimType.Mutability)]
    [InlineData("""[{"op":"replace","path":"groups","value":[]}]""", ScimType.Mutability)]
    [InlineData("""[{"op":"replace","path":"emails[","value":[]}]""", ScimType.InvalidPath)]
    [InlineData("""[{"op":"replace","path":"emails[type zz \"x\"]","value":[]}]""", ScimType.InvalidFilter)]
    [InlineData("""[{"op":"replace","path":"active","value":"banana"}]""", ScimType.InvalidValue)]
    [InlineData("""[{"op":"remove","path":"active"}]""", ScimType.InvalidValue)]
    [InlineData("""[{"op":"replace","path":"emails[type ne \"work\"].value","value":"x"}]""", ScimType.NoTarget)]
    [InlineData("""[]""", ScimType.InvalidSyntax)]
    public void a_bad_operation_is_refused_with_its_scim_type(string operations, string scimType) =>
        Assert.Equal(scimType, Assert.Throws<ScimException>(() => ApplyAll(User(), operations)).ScimType);

    [Fact]
    public void passwords_and_what_is_sent_back_without_a_path_are_passed_over()
    {
        var steps = PatchRequest.Read((JsonObject)JsonNode.Parse("""{"Operations":[{"op":"replace","value":{"id":"x","password":"p","groups":[],"meta":{}}},{"op":"replace","path":"password","value":"p"}]}""")!, ResourceType.User, new());

        Assert.Empty(steps);
    }

    private static JsonObject User() => (JsonObject)JsonNode.Parse(
        """{"userName":"ada@x","name":{"givenName":"Ada"},"emails":[{"value":"old@x","type":"work","primary":true}],"active":true}""")!;

    private static JsonObject? Apply(JsonObject user, string operations)
    {
        try
        {
            return ApplyAll(user, operations);
        }
        catch (ScimException refusal)
        {
            Assert.NotNull(refusal.ScimType);
            return null;
        }
    }

    private static JsonObject ApplyAll(JsonObject user, string operations)
    {
        var tolerances = new Tolerances();
        var patch = new UserPatch(user, tolerances);
        foreach (var step in PatchRequest.Read((JsonObject)JsonNode.Parse($$"""{"Operations":{{operations}}}""")!, ResourceType.User, tolerances))
        {
            patch.Apply(step);
        }

        UserBody.Read(user, tolerances).ToProfile();
        return user;
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);
}
