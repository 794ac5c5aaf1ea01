using System.Text.Json;
using CsCheck;
using Provisioning.Filtering;
using Provisioning.V1;
using Kind = Provisioning.V1.Filter.KindOneofCase;
using Operator = Provisioning.V1.Comparison.Types.Operator;

namespace Scim.Tests;

public sealed class FilterParsing
{
    private static readonly Gen<string> Names = OneOf("userName", "name.familyName", "emails.value", "active", "externalId",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value");

    private static readonly Gen<Literal> Literals = Gen.OneOf(
        Gen.String.Select(text => new Literal { Text = text }),
        Gen.Bool.Select(flag => new Literal { Boolean = flag }),
        Gen.Int.Select(number => new Literal { Number = JsonSerializer.Serialize(number) }),
        Gen.Const(new Literal()));

    private static readonly Gen<Provisioning.V1.Filter> Comparisons =
        from name in Names
        from operation in Gen.Enum<Operator>().Where(each => each != Operator.Unspecified)
        from literal in Literals
        select new Provisioning.V1.Filter
        {
            Comparison = new() { Path = FilterParser.ParsePath(name), Operator = operation, Value = operation == Operator.Pr ? null : literal },
        };

    private static readonly Gen<Provisioning.V1.Filter> Filters = Gen.Recursive<Provisioning.V1.Filter>((depth, inner) => depth > 3 ? Comparisons : Gen.Frequency(
        (4, Comparisons),
        (1, inner.List[2, 3].Select(all => new Provisioning.V1.Filter { All = new() { Filters = { all } } })),
        (1, inner.List[2, 3].Select(any => new Provisioning.V1.Filter { Any = new() { Filters = { any } } })),
        (1, inner.Select(one => new Provisioning.V1.Filter { Negation = one })),
        (1, Comparisons.Select(one => new Provisioning.V1.Filter { ValuePath = new() { Path = new() { Attribute = "emails" }, Filter = one } }))));

    [Fact]
    public void what_is_printed_is_parsed_to_the_same_tree() =>
        Filters.Where(filter => Count(filter) <= FilterBinder.MaxConditions && Print(filter).Length <= FilterParser.MaxLength)
            .Sample(filter => Assert.Equal(filter, FilterParser.Parse(Print(filter))), iter: 3_000);

    [Fact]
    public void any_text_is_parsed_or_refused_with_a_sentence() =>
        Gen.OneOf(Gen.String, Gen.Char["()[]\"\\ .:aeqndort0-urn"].Array.Select(letters => new string(letters)))
            .Sample(text =>
            {
                try
                {
                    FilterParser.Parse(text);
                }
                catch (FilterFormatException refusal)
                {
                    Assert.NotEmpty(refusal.Message);
                }
            }, iter: 20_000);

    [Theory]
    [InlineData("userName zz \"x\"", "position 10")]
    [InlineData("userName eq", "position 12")]
    [InlineData("userName eq \"x", "position 13")]
    [InlineData("userName eq \"x\" and", "position 20")]
    [InlineData("(userName eq \"x\"", "position 17")]
    [InlineData("userName eq \"\\q\"", "\\q")]
    [InlineData("", "position 1")]
    [Proves("filter-bounds")]
    public void an_error_names_its_position(string filter, string said) =>
        Assert.Contains(said, Assert.Throws<FilterFormatException>(() => FilterParser.Parse(filter)).Message, StringComparison.Ordinal);

    [Fact]
    [Proves("filter-bounds")]
    public void depth_and_conditions_are_bounded()
    {
        Assert.Throws<FilterFormatException>(() => FilterParser.Parse(string.Concat(Enumerable.Repeat("a pr or b pr and not (", 12)) + "c pr" + new string(')', 12)));
        Assert.Throws<FilterFormatException>(() => FilterParser.Parse(new string('(', 3_000) + "a eq 1" + new string(')', 3_000)));
        Assert.Throws<FilterFormatException>(() => FilterParser.Parse(string.Join(" and ", Enumerable.Repeat("a pr", 51))));
        Assert.Throws<FilterFormatException>(() => FilterParser.Parse("a eq \"" + new string('x', 9_000) + "\""));
    }

    [Fact]
    public void and_binds_closer_than_or()
    {
        var filter = FilterParser.Parse("a pr or b pr AND c pr");

        Assert.Equal(Kind.Any, filter.KindCase);
        Assert.Equal(Kind.All, filter.Any.Filters[1].KindCase);
    }

    [Fact]
    public void a_value_path_with_a_sub_attribute_asks_both_of_one_value()
    {
        var filter = FilterParser.Parse("emails[type eq \"work\"].value eq \"a@b\"");

        Assert.Equal(["type", "value"], filter.ValuePath.Filter.All.Filters.Select(each => each.Comparison.Path.Attribute));
    }

    private static string Print(Provisioning.V1.Filter filter) => filter.KindCase switch
    {
        Kind.All => "(" + string.Join(" and ", filter.All.Filters.Select(Print)) + ")",
        Kind.Any => "(" + string.Join(" or ", filter.Any.Filters.Select(Print)) + ")",
        Kind.Negation => $"not ({Print(filter.Negation)})",
        Kind.ValuePath => $"{filter.ValuePath.Path.Attribute}[{Print(filter.ValuePath.Filter)}]",
        _ => $"{Print(filter.Comparison.Path)} {filter.Comparison.Operator.ToString().ToLowerInvariant()} {Print(filter.Comparison.Value)}".TrimEnd(),
    };

    private static string Print(AttributePath path) =>
        (path.Schema.Length > 0 ? path.Schema + ":" : "") + path.Attribute + (path.SubAttribute.Length > 0 ? "." + path.SubAttribute : "");

    private static string Print(Literal? literal) => literal?.KindCase switch
    {
        null => "",
        Literal.KindOneofCase.Text => JsonSerializer.Serialize(literal.Text),
        Literal.KindOneofCase.Boolean => literal.Boolean ? "true" : "false",
        Literal.KindOneofCase.Number => literal.Number,
        _ => "null",
    };

    private static int Count(Provisioning.V1.Filter filter) => filter.KindCase switch
    {
        Kind.All => filter.All.Filters.Sum(Count),
        Kind.Any => filter.Any.Filters.Sum(Count),
        Kind.Negation => Count(filter.Negation),
        _ => 1,
    };

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);
}
