using System.Text.Json.Nodes;
using CsCheck;
using Grpc.Core;
using Provisioning.Contract;
using Provisioning.Json;
using Provisioning.Teammates;
using Provisioning.V1;
using Op = Provisioning.V1.TeammateStep.Types.Op;

namespace Provisioning.Tests.Teammates;

public sealed class ModifyingTeammates
{
    private const string Enterprise = ProfileJson.EnterpriseSchema;

    private static readonly Gen<string> Paths = OneOf(
        "userName", "name.familyName", "name", "title", "active", "emails", "emails[type eq \"work\"]", "emails[type eq \"work\"].value",
        "emails[primary eq true].display", "emails.type", "addresses[type eq \"home\"].country", "roles", "roles[primary eq true].value",
            "shoeSize",
        Enterprise + ":manager", Enterprise + ":department", Enterprise, "urn:x:acme:2.0:User:level");

    private static readonly Gen<string> Values = OneOf(
        "\"text\"", "\"\"", "null", "true", "[]", "{}", "7", "{\"value\":\"a@b\",\"type\":\"work\",\"primary\":true}",
        "[{\"value\":\"c@d\",\"primary\":true},{\"value\":\"e@f\",\"type\":\"work\"}]", "{\"familyName\":\"King\"}", "[\"Agent\"]",
            "[null,{},{\"type\":\"work\"}]");

    private static readonly Gen<TeammateStep> Steps =
        from op in Gen.Enum<Op>()
        from path in Paths
        from value in Values
        select new TeammateStep { Op = op, Path = path, ValueJson = value };

    [Fact]
    public void any_steps_leave_at_most_one_primary_or_are_refused_as_bad_input() =>
        Steps.List[1, 6].Sample(steps =>
        {
            if (Apply(User(), steps) is { } after)
            {
                foreach (var list in after.Select(entry => entry.Value).OfType<JsonArray>())
                {
                    Assert.True(list.OfType<JsonObject>()
                        .Count(item => item["primary"] is JsonValue flag && flag.ToJsonString() == "true") <= 1, after.ToJsonString());
                }
            }
        }, iter: 20_000);

    [Fact]
    public void replacing_twice_is_replacing_once() =>
        Gen.Select(Paths, Values, (path, value) => new TeammateStep { Op = Op.Replace, Path = path, ValueJson = value }).Sample(step =>
        {
            if (Apply(User(), [step]) is { } once && Apply((JsonObject)once.DeepClone(), [step]) is { } twice)
            {
                Assert.True(JsonNode.DeepEquals(once, twice), $"{step}\n{once.ToJsonString()}\n{twice.ToJsonString()}");
            }
        }, iter: 3_000);

    [Theory]
    [InlineData(Op.Add, "emails", """[{"value":"new@x","primary":true}]""",
        """[{"value":"old@x","type":"work","primary":false},{"value":"new@x","primary":true}]""")]
    [InlineData(Op.Remove, "emails", """[{"value":"old@x"}]""", null)]
    [InlineData(Op.Remove, "emails[type eq \"home\"]", "", """[{"value":"old@x","type":"work","primary":true}]""")]
    [InlineData(Op.Replace, "emails[type eq \"home\"].value", "\"h@x\"",
        """[{"value":"old@x","type":"work","primary":true},{"type":"home","value":"h@x"}]""")]
    [InlineData(Op.Add, "emails", """{"value":"old@x","type":"work","primary":true}""",
        """[{"value":"old@x","type":"work","primary":true}]""")]
    [InlineData(Op.Replace, "emails", "[]", null)]
    [InlineData(Op.Replace, "emails", "[null,{\"type\":\"home\"}]", null)]
    [InlineData(Op.Replace, "emails", "null", null)]
    [InlineData(Op.Replace, "emails[type eq \"work\"].value", "\"k@x\"", """[{"value":"k@x","type":"work","primary":true}]""")]
    public void e_mail_addresses_after(Op op, string path, string value, string? expected) =>
        Assert.Equal(expected, ApplyAll(User(), [new() { Op = op, Path = path, ValueJson = value }])["emails"]?.ToJsonString());

    [Theory]
    [InlineData(Op.Unspecified, "title", "1", ErrorReason.InvalidField)]
    [InlineData(Op.Replace, "title", "", ErrorReason.InvalidField)]
    [InlineData(Op.Replace, "title", "{", ErrorReason.InvalidField)]
    [InlineData(Op.Replace, "id", "\"x\"", ErrorReason.AttributeNotMutable)]
    [InlineData(Op.Replace, "groups", "[]", ErrorReason.AttributeNotMutable)]
    [InlineData(Op.Remove, "userName", "", ErrorReason.AttributeNotMutable)]
    [InlineData(Op.Replace, "emails[", "[]", ErrorReason.InvalidPath)]
    [InlineData(Op.Replace, "User.nothing", "[]", ErrorReason.InvalidPath)]
    [InlineData(Op.Replace, "urn:x:acme:2.0:User:level", "1", ErrorReason.InvalidPath)]
    [InlineData(Op.Replace, "emails[type zz \"x\"]", "[]", ErrorReason.InvalidFilter)]
    [InlineData(Op.Replace, "active", "\"False\"", ErrorReason.InvalidField)]
    [InlineData(Op.Remove, "active", "", ErrorReason.InvalidField)]
    [InlineData(Op.Replace, "emails[type ne \"work\"].value", "\"x\"", ErrorReason.NoTarget)]
    [InlineData(Op.Replace, "emails[type eq \"work\"]", """{"type":"other"}""", ErrorReason.InvalidField)]
    [InlineData(Op.Replace, "name", """{"givenName":"A","GIVENNAME":"B"}""", ErrorReason.InvalidField)]
    [InlineData(Op.Replace, "emails", """[{"value":"a@x","Value":"b@x"}]""", ErrorReason.InvalidField)]
    [InlineData(Op.Remove, "emails", "[null]", ErrorReason.InvalidField)]
    [InlineData(Op.Remove, "emails", """[{"primary":true}]""", ErrorReason.InvalidField)]
    public void a_step_that_cannot_be_applied_is_refused_for_its_reason(Op op, string path, string value, ErrorReason reason) =>
        Assert.Equal(reason,
            Failures.ReasonOf(Assert.Throws<RpcException>(() => ApplyAll(User(), [new() { Op = op, Path = path, ValueJson = value }]))));

    [Fact]
    public void a_filter_that_matches_nothing_is_no_target_where_the_connection_is_strict()
    {
        var steps = TeammateSteps.Read([new() { Op = Op.Replace, Path = "emails[type eq \"home\"].value", ValueJson = "\"h@x\"" }]);

        Assert.Equal(ErrorReason.NoTarget, Failures.ReasonOf(Assert.Throws<RpcException>(() => steps.ApplyTo(User(), isStrict: true))));
    }

    [Fact]
    public void a_later_step_finds_what_an_earlier_one_named_in_other_letters()
    {
        var user = ApplyAll(User(),
        [
            new() { Op = Op.Replace, Path = "emails", ValueJson = """[{"VALUE":"a@x","Type":"home"}]""" },
            new() { Op = Op.Replace, Path = "emails[type eq \"home\"].value", ValueJson = "\"b@x\"" },
        ]);

        Assert.Equal("""[{"value":"b@x","type":"home"}]""", user["emails"]!.ToJsonString());
    }

    [Fact]
    public void names_that_no_schema_has_are_told_wherever_they_stand()
    {
        var steps = TeammateSteps.Read(
        [
            new() { Op = Op.Add, Path = "tilte", ValueJson = "\"T\"" },
            new() { Op = Op.Add, Path = "emails[typ eq \"work\"].value", ValueJson = "\"a@x\"" },
            new() { Op = Op.Add, Path = Enterprise, ValueJson = """{"startDate":"2026-01-01","manager":{"nmae":"M"}}""" },
            new() { Op = Op.Remove, Path = "gone", ValueJson = "" },
        ]);

        Assert.Equal(["tilte", "emails.typ", $"{Enterprise}:startDate", $"{Enterprise}:manager.nmae"], steps.UnknownNames);
    }

    [Fact]
    public void steps_and_values_are_bounded()
    {
        var many = $"{{{string.Join(',', Enumerable.Range(0, 1_001).Select(number => $"\"a{number}\":1"))}}}";
        var values = $"[{string.Join(',', Enumerable.Range(0, 501).Select(number => $"{{\"value\":\"{number}\"}}"))}]";
        foreach (var step in (TeammateStep[])
        [
            new() { Op = Op.Add, Path = "User", ValueJson = many },
            new() { Op = Op.Add, Path = "ims", ValueJson = values },
            new() { Op = Op.Remove, Path = "ims", ValueJson = values },
        ])
        {
            Assert.Equal(ErrorReason.InvalidField, Failures.ReasonOf(Assert.Throws<RpcException>(() => ApplyAll(User(), [step]))));
        }
    }

    [Fact]
    public void a_refusal_stays_short_however_long_the_path_is()
    {
        var step = new TeammateStep { Op = Op.Remove, Path = new string('x', 1_000_000) };

        var refusal = Assert.Throws<RpcException>(() => TeammateSteps.Read([step]));

        Assert.InRange(refusal.Trailers.Sum(entry => entry.ValueBytes.Length), 1, 4_000);
    }

    [Fact]
    public void another_manager_has_another_name()
    {
        var user = ApplyAll(User(), [new() { Op = Op.Replace, Path = Enterprise
            + ":manager", ValueJson = """{"value":"1","displayName":"One"}""" }]);

        user = ApplyAll(user, [new() { Op = Op.Replace, Path = Enterprise + ":manager.value", ValueJson = "\"2\"" }]);

        Assert.Equal("""{"value":"2"}""", user[Enterprise]!["manager"]!.ToJsonString());
    }

    [Theory]
    [InlineData("User")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User")]
    public void a_block_within_a_whole_schema_is_a_block(string path) =>
        Assert.False(TeammateSteps.Read([new() { Op = Op.Replace, Path = path, ValueJson = """{"title":"T","active":false}""" }]).Active);

    [Fact]
    public void the_last_active_counts_and_passwords_are_passed_over()
    {
        (string Path, string Value)[] replaced = [("active", "false"), ("password", "\"p\""), ("active", "true"), ("schemas", "[]")];
        var steps = TeammateSteps.Read(
            [.. replaced.Select(each => new TeammateStep { Op = Op.Replace, Path = each.Path, ValueJson = each.Value })]);
        var user = User();

        steps.ApplyTo(user, isStrict: false);

        Assert.True(steps.Active);
        Assert.Equal(User().ToJsonString(), user.ToJsonString());
    }

    private static JsonObject User() => (JsonObject)JsonNode.Parse(
        """{"userName":"ada@x","name":{"givenName":"Ada"},"emails":[{"value":"old@x","type":"work","primary":true}]}""")!;

    private static JsonObject? Apply(JsonObject user, IReadOnlyCollection<TeammateStep> steps)
    {
        try
        {
            return ApplyAll(user, steps);
        }
        catch (RpcException refusal)
        {
            Assert.NotEqual(ErrorReason.Unspecified, Failures.ReasonOf(refusal));
            return null;
        }
    }

    private static JsonObject ApplyAll(JsonObject user, IReadOnlyCollection<TeammateStep> steps)
    {
        TeammateSteps.Read(steps).ApplyTo(user, isStrict: false);
        return user;
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);
}
