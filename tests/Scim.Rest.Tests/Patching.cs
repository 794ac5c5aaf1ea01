using System.Text.Json.Nodes;
using CsCheck;
using Provisioning.Filtering;
using Provisioning.Patch;
using Provisioning.Schemas;
using Provisioning.V1;
using Scim.Patch;
using Scim.Tolerance;
using Scim.Users;
using Scim.Wire;

namespace Scim.Tests;

public sealed class Patching
{
    [Fact]
    public void any_path_is_read_or_refused() =>
        Gen.OneOf(Gen.String, Gen.Char["[].:\"\\ aeqmils$urn("].Array.Select(letters => new string(letters))).Sample(text =>
        {
            try
            {
                PatchPath.Parse(text, ResourceType.User);
            }
            catch (Exception refusal) when (refusal is PatchException or FilterFormatException)
            {
                Assert.Contains(ScimException.Of(refusal).ScimType, (string[])[ScimType.InvalidPath, ScimType.InvalidFilter]);
            }
        }, iter: 20_000);

    [Theory]
    [InlineData("""{"op":"Replace","value":{"title":"T","name.givenName":"Ada","emails[type eq \"work\"].primary":"True"}}""",
        "Replace title \"T\"", "Replace name.givenName \"Ada\"", "Replace emails[type eq \"work\"].primary true")]
    [InlineData(
        """
        {"op":"add","value":{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":"7"},"User.active":"False"}}
        """,
        "Add urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager {\"value\":\"7\"}", "Add active false")]
    [InlineData("""{"op":"replace","path":"emails","value":[null,"a@x",{"VALUE":"b@x"},{"type":"work"}]}""",
        "Replace emails [{\"value\":\"a@x\"},{\"value\":\"b@x\"}]")]
    [InlineData("""{"op":"replace","path":"name","value":{"givenName":null,"familyName":"","middleName":"M"}}""",
        "Replace name {\"middleName\":\"M\",\"givenName\":null,\"familyName\":null}")]
    [InlineData("""{"op":"replace","path":"title","value":""}""", "Replace title null")]
    [InlineData(
        """
        {"op":"replace","path":"roles[primary eq \"True\"].value",
         "value":"{\"id\":\"1\",\"value\":\"Lead\",\"displayName\":\"Lead\"}"}
        """,
        "Replace roles[primary eq \"True\"].value \"Lead\"")]
    [InlineData("""{"op":"remove","path":"emails[type eq \"work\"]"}""", "Remove emails[type eq \"work\"] ")]
    public void an_operation_becomes_steps_in_standard_form(string operation, params string[] expected) =>
        Assert.Equal(expected, Read($"[{operation}]").Select(step => $"{step.Op} {step.Path} {step.ValueJson}"));

    [Theory]
    [InlineData("""[{"op":"frob","path":"title"}]""", ScimType.InvalidSyntax)]
    [InlineData("""[{"op":"remove"}]""", ScimType.NoTarget)]
    [InlineData("""[{"op":"replace","path":"emails[","value":[]}]""", ScimType.InvalidPath)]
    [InlineData("""[{"op":"replace","path":"emails[type zz \"x\"]","value":[]}]""", ScimType.InvalidFilter)]
    [InlineData("""[{"op":"replace","path":"active","value":"banana"}]""", ScimType.InvalidValue)]
    [InlineData("""[{"op":"remove","path":"emails","value":[{"primary":true}]}]""", ScimType.InvalidValue)]
    [InlineData(
        """[{"op":"replace","value":{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"cost center":"x"}}}]""",
        ScimType.InvalidPath)]
    [InlineData(
        """[{"op":"replace","value":{"emails[type eq \"work\"].value":"a","EMAILS[type  eq \"work\"].value":"b"}}]""",
        ScimType.InvalidSyntax)]
    [InlineData("""[]""", ScimType.InvalidSyntax)]
    public void a_bad_operation_is_refused_with_its_scim_type(string operations, string scimType) =>
        Assert.Equal(scimType, Assert.Throws<ScimException>(() => Read(operations)).ScimType);

    [Theory]
    [InlineData("""[{"op":"X","path":"title"}]""")]
    [InlineData("""[{"op":"add","path":"roles","value":[["X"]]}]""")]
    [InlineData("""[{"op":"add","path":"X.X","value":1}]""")]
    public void a_refusal_stays_short_however_long_its_cause_is(string operations)
    {
        var refusal = Assert.Throws<ScimException>(() => Read(operations.Replace("X", new string('x', 100_000), StringComparison.Ordinal)));

        Assert.InRange(refusal.Message.Length, 10, 1_000);
    }

    [Fact]
    public void passwords_and_what_is_sent_back_without_a_path_are_passed_over() =>
        Assert.Empty(Read("""[{"op":"replace","value":{"id":"x","password":"p","groups":[],"meta":{}}}]"""));

    private static List<TeammateStep> Read(string operations)
    {
        var tolerances = new Tolerances();
        return [.. new UserPatch(PatchRequest.Read(
            (JsonObject)JsonNode.Parse($$"""{"Operations":{{operations}}}""")!, ResourceType.User, tolerances), tolerances).Read()];
    }
}
