using System.Text.Json;
using CsCheck;
using Provisioning.Filtering;

namespace Scim.Tests;

public sealed class FilterParsing
{
    private static readonly Gen<string> Names = OneOf("userName", "name.familyName", "emails.value", "active", "externalId",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value");

    private static readonly Gen<Literal> Literals = Gen.OneOf(
        Gen.String.Where(Folding.IsStorable).Select(Literal.Of),
        Gen.Bool.Select(Literal.Of),
        Gen.Int.Select(number => new Literal(LiteralKind.Number, JsonSerializer.Serialize(number))),
        Gen.Const(Literal.Null));

    private static readonly Gen<Filter> Comparisons =
        from name in Names
        from operation in Gen.Enum<ComparisonOperator>()
        from literal in Literals
        select (Filter)new Filter.Comparison(name, operation, operation == ComparisonOperator.Pr ? Literal.Null : literal);

    private static readonly Gen<Filter> Filters = Gen.Recursive<Filter>((depth, inner) => depth > 3 ? Comparisons : Gen.Frequency(
        (4, Comparisons),
        (1, inner.List[2, 3].Select(all => (Filter)new Filter.All(all))),
        (1, inner.List[2, 3].Select(any => (Filter)new Filter.Any(any))),
        (1, inner.Select(one => (Filter)new Filter.Not(one))),
        (1, Comparisons.Select(one => (Filter)new Filter.OneOf("emails", one)))));

    [Fact]
    public void what_is_printed_is_parsed_to_the_same_tree() =>
        Filters.Where(filter => Count(filter) <= FilterBinder.MaxConditions && filter.ToString().Length <= FilterParser.MaxLength)
            .Sample(filter => Assert.Equal(Shape(filter), Shape(FilterParser.Parse(filter.ToString()))), iter: 3_000);

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
        Assert.Throws<FilterFormatException>(
            () => FilterParser.Parse(string.Concat(Enumerable.Repeat("a pr or b pr and not (", 12)) + "c pr" + new string(')', 12)));
        Assert.Throws<FilterFormatException>(() => FilterParser.Parse(new string('(', 3_000) + "a eq 1" + new string(')', 3_000)));
        Assert.Throws<FilterFormatException>(() => FilterParser.Parse(string.Join(" and ", Enumerable.Repeat("a pr", 51))));
        Assert.Throws<FilterFormatException>(() => FilterParser.Parse("a eq \"" + new string('x', 9_000) + "\""));
    }

    [Fact]
    public void and_binds_closer_than_or()
    {
        var filter = FilterParser.Parse("a pr or b pr AND c pr");

        Assert.IsType<Filter.All>(Assert.IsType<Filter.Any>(filter).Filters[1]);
    }

    [Fact]
    public void a_value_path_with_a_sub_attribute_asks_both_of_one_value()
    {
        var filter = FilterParser.Parse("emails[type eq \"work\"].value eq \"a@b\"");

        Assert.Equal("emails[(type eq \"work\" and value eq \"a@b\")]", filter.ToString());
    }

    /// <summary>The tree with its kinds told apart, as lists in records are not compared by what they hold.</summary>
    private static string Shape(Filter filter) => filter switch
    {
        Filter.All all => $"All({string.Join(';', all.Filters.Select(Shape))})",
        Filter.Any any => $"Any({string.Join(';', any.Filters.Select(Shape))})",
        Filter.Not not => $"Not({Shape(not.Inner)})",
        Filter.OneOf one => $"OneOf({one.List};{Shape(one.Inner)})",
        Filter.Comparison comparison => $"{comparison.Attribute}/{comparison.Operator}/{comparison.Value.Kind}/{comparison.Value.Text}",
        _ => "",
    };

    private static int Count(Filter filter) => filter switch
    {
        Filter.All all => all.Filters.Sum(Count),
        Filter.Any any => any.Filters.Sum(Count),
        Filter.Not not => Count(not.Inner),
        _ => 1,
    };

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);
}
