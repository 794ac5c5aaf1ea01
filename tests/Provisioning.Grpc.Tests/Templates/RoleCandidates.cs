using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Provisioning.Templates;

namespace Provisioning.Tests.Templates;

/// <summary>Which of the roles that providers send may name a template, and in which order.</summary>
public sealed class RoleCandidates
{
    [Theory]
    [InlineData("", "")]
    [InlineData("[]", "")]
    [InlineData("\"Engineer\"", "")]
    [InlineData("""["Engineer","Agent"]""", "Engineer|Agent")]
    [InlineData("""[{"value":"Engineer"},{"value":"Agent","primary":true}]""", "Agent|Engineer")]
    [InlineData("""[{"value":"Engineer"},{"value":"Agent","primary":"true"}]""", "Engineer|Agent")]
    [InlineData("""[{"value":"Support, Europe"}]""", "Support, Europe|Support|Europe")]
    [InlineData("""[" Engineer ","Engineer","",null,7,{"display":"Agent"}]""", "Engineer")]
    public void are_the_values_with_the_primary_one_first(string rolesJson, string candidates) =>
        Assert.Equal(candidates.Split('|', StringSplitOptions.RemoveEmptyEntries), Roles.Candidates(ProfileWith(rolesJson)));

    [Fact]
    public void are_never_blank_never_twice_and_never_more_than_200() =>
        Gen.String[Gen.Char["ab ,"], 0, 8].Array[0, 300].Sample(values =>
        {
            var candidates = Roles.Candidates(ProfileWith(JsonSerializer.Serialize(values)));

            Assert.All(candidates, candidate => Assert.Equal(candidate.Trim(), candidate));
            Assert.DoesNotContain("", candidates);
            Assert.Equal(candidates.Distinct(), candidates);
            Assert.InRange(candidates.Count, 0, 200);
        });

    private static JsonObject ProfileWith(string rolesJson) =>
        rolesJson.Length == 0 ? [] : new() { ["roles"] = JsonNode.Parse(rolesJson) };
}
