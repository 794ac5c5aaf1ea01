using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.V1;
using Kind = Provisioning.V1.Filter.KindOneofCase;
using Operator = Provisioning.V1.Comparison.Types.Operator;

namespace Scim.Filter;

/// <summary>
/// Whether one value of a multi-valued attribute meets the filter of a PATCH path. Letter case does not matter, and a
/// boolean equals its text, as Entra writes it (roles[primary eq "True"]).
/// </summary>
internal static class ValueFilter
{
    public static bool Matches(Provisioning.V1.Filter filter, JsonObject item) => filter.KindCase switch
    {
        Kind.All => filter.All.Filters.All(each => Matches(each, item)),
        Kind.Any => filter.Any.Filters.Any(each => Matches(each, item)),
        Kind.Negation => !Matches(filter.Negation, item),
        Kind.Comparison => Compare(filter.Comparison, item),
        _ => false,
    };

    /// <summary>What a new value must hold to meet a filter of equalities; null when the filter asks for more than that.</summary>
    public static JsonObject? Seed(Provisioning.V1.Filter filter)
    {
        var seed = new JsonObject();
        return Fill(filter, seed) ? seed : null;
    }

    private static bool Fill(Provisioning.V1.Filter filter, JsonObject seed)
    {
        if (filter.KindCase == Kind.All)
        {
            return filter.All.Filters.All(each => Fill(each, seed));
        }

        if (filter.KindCase != Kind.Comparison || filter.Comparison.Operator != Operator.Eq)
        {
            return false;
        }

        seed[filter.Comparison.Path.Attribute] = filter.Comparison.Value.KindCase switch
        {
            Literal.KindOneofCase.Text => filter.Comparison.Value.Text,
            Literal.KindOneofCase.Boolean => filter.Comparison.Value.Boolean,
            Literal.KindOneofCase.Number => JsonNode.Parse(filter.Comparison.Value.Number),
            _ => null,
        };
        return true;
    }

    private static bool Compare(Comparison comparison, JsonObject item)
    {
        var actual = TextOf(Get(item, comparison.Path.Attribute));
        var wanted = comparison.Value?.KindCase switch
        {
            Literal.KindOneofCase.Text => comparison.Value.Text,
            Literal.KindOneofCase.Boolean => comparison.Value.Boolean ? "true" : "false",
            Literal.KindOneofCase.Number => comparison.Value.Number,
            _ => "",
        };
        const StringComparison anyCase = StringComparison.OrdinalIgnoreCase;
        var order = decimal.TryParse(actual, NumberStyles.Float, CultureInfo.InvariantCulture, out var left)
            && decimal.TryParse(wanted, NumberStyles.Float, CultureInfo.InvariantCulture, out var right)
                ? left.CompareTo(right)
                : string.Compare(actual, wanted, anyCase);
        return comparison.Operator switch
        {
            Operator.Eq => actual.Equals(wanted, anyCase),
            Operator.Ne => !actual.Equals(wanted, anyCase),
            Operator.Co => actual.Contains(wanted, anyCase),
            Operator.Sw => actual.StartsWith(wanted, anyCase),
            Operator.Ew => actual.EndsWith(wanted, anyCase),
            Operator.Pr => actual.Length > 0,
            Operator.Gt => order > 0,
            Operator.Ge => order >= 0,
            Operator.Lt => order < 0,
            Operator.Le => order <= 0,
            Operator.Unspecified => false,
        };
    }

    private static JsonNode? Get(JsonObject item, string name) =>
        item.FirstOrDefault(entry => entry.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private static string TextOf(JsonNode? node) => node?.GetValueKind() switch
    {
        null => "",
        JsonValueKind.String => node.GetValue<string>(),
        _ => node.ToJsonString(),
    };
}
