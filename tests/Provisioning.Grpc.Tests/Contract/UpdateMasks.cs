using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Provisioning.Contract;
using Provisioning.V1;

namespace Provisioning.Tests.Contract;

public sealed class UpdateMasks
{
    private static readonly string[] Writable = ["profile.*", "external_id", "company_admin"];

    [Fact]
    public void without_a_mask_every_field_that_is_set_moves() =>
        Assert.Equal(["profile.title", "external_id"], Paths(null, new() { ExternalId = "7", Profile = new() { Title = "T" } }));

    [Fact]
    public void a_mask_moves_what_it_names_and_nothing_else() =>
        Assert.Equal(["company_admin"], Paths(new() { Paths = { "company_admin" } }, new() { ExternalId = "7" }));

    [Fact]
    public void a_field_within_another_that_is_named_goes_with_it() =>
        Assert.Equal(["profile.name"], Paths(new() { Paths = { "profile.name.given_name", "profile.name" } }, new()));

    [Theory]
    [InlineData("state")]
    [InlineData("profile.nothing")]
    [InlineData("")]
    public void a_field_that_cannot_be_updated_is_refused_by_name(string path)
    {
        var refusal = Assert.Throws<RpcException>(() => Paths(new() { Paths = { path } }, new()));

        Assert.Equal((StatusCode.InvalidArgument, ErrorReason.InvalidField), (refusal.StatusCode, Failures.ReasonOf(refusal)));
        Assert.Contains($"\"{path}\"", refusal.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void copying_a_field_that_is_not_set_clears_it()
    {
        var target = new Teammate { Profile = new() { Title = "T", Locale = "de" } };

        Masks.Copy(new Teammate(), target, "profile.title");

        Assert.Equal(new Teammate { Profile = new() { Locale = "de" } }, target);
    }

    private static IReadOnlyList<string> Paths(FieldMask? mask, Teammate teammate) => Masks.Paths(mask, teammate, Writable);
}
