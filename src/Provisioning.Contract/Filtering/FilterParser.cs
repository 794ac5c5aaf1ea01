using System.Text.Json;
using System.Text.RegularExpressions;
using Provisioning.V1;
using Kind = Provisioning.V1.Filter.KindOneofCase;
using Operator = Provisioning.V1.Comparison.Types.Operator;

namespace Provisioning.Filtering;

/// <summary>
/// Parses filters (RFC 7644 section 3.4.2.2) into the contract's tree: the whole grammar, with positions in its errors
/// and bounds on length, depth and conditions. Which attributes and operators can be searched by is the core's to say.
/// </summary>
public sealed partial class FilterParser
{
    /// <summary>The longest filter taken, in characters.</summary>
    public const int MaxLength = 8_000;

    private static readonly Dictionary<string, Operator> Operators = Enum.GetValues<Operator>()
        .Where(each => each != Operator.Unspecified).ToDictionary(each => each.ToString(), StringComparer.OrdinalIgnoreCase);

    private readonly FilterLexer _lexer;
    private FilterToken _token;
    private int _depth, _conditions;

    private FilterParser(string text)
    {
        if (text.Length > MaxLength)
        {
            throw new FilterFormatException("", $"The filter is longer than {MaxLength} characters.");
        }

        _lexer = new(text);
        _token = _lexer.Next();
    }

    /// <summary>Parses a whole filter.</summary>
    /// <exception cref="FilterFormatException">It is no filter; the message names the position of what is wrong.</exception>
    public static V1.Filter Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parser = new FilterParser(text);
        var filter = parser.ParseOr();
        if (parser._token.Kind != TokenKind.End)
        {
            throw parser.Unexpected("and, or, or the end");
        }

        return DepthOf(filter) <= FilterBinder.MaxDepth ? filter : throw new FilterFormatException("", $"The filter nests more than {FilterBinder.MaxDepth} levels deep.");
    }

    /// <summary>Splits an attribute's name as written into schema, attribute and sub-attribute. What it means is <see cref="Provisioning.Schemas.AttributeNames"/>' to say.</summary>
    /// <returns>Null when it is no attribute's name.</returns>
    public static AttributePath? ParsePath(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.LastIndexOf(':');
        var match = Name().Match(text[(colon + 1)..]);
        return match.Success
            ? new()
            {
                Schema = colon < 0 ? "" : text[..colon],
                Attribute = match.Groups["name"].Value,
                SubAttribute = match.Groups["sub"].Value,
            }
            : null;
    }

    /// <summary>How deep the tree is, where each and, or, not and [ ] is a level.</summary>
    private static int DepthOf(V1.Filter filter) => filter.KindCase switch
    {
        Kind.All => 1 + filter.All.Filters.Max(DepthOf),
        Kind.Any => 1 + filter.Any.Filters.Max(DepthOf),
        Kind.Negation => 1 + DepthOf(filter.Negation),
        Kind.ValuePath => 1 + DepthOf(filter.ValuePath.Filter),
        _ => 0,
    };

    private V1.Filter ParseOr() => Chain("or", ParseAnd, filters => new() { Any = new() { Filters = { filters } } });

    private V1.Filter ParseAnd() => Chain("and", ParseTerm, filters => new() { All = new() { Filters = { filters } } });

    private V1.Filter Chain(
        string word, Func<V1.Filter> part, Func<List<V1.Filter>, V1.Filter> join)
    {
        var parts = new List<V1.Filter> { part() };
        while (IsWord(word))
        {
            Advance();
            parts.Add(part());
        }

        return parts.Count == 1 ? parts[0] : join(parts);
    }

    private V1.Filter ParseTerm()
    {
        if (++_depth > FilterBinder.MaxDepth)
        {
            throw new FilterFormatException("", $"The filter nests more than {FilterBinder.MaxDepth} levels deep at position {_token.Position}.");
        }

        var term = _token.Kind switch
        {
            TokenKind.Open => ParseGroup(),
            TokenKind.Word when IsWord("not") => ParseNot(),
            TokenKind.Word => ParseAttribute(),
            _ => throw Unexpected("an attribute, not or ("),
        };
        _depth--;
        return term;
    }

    private V1.Filter ParseGroup()
    {
        Advance();
        var inner = ParseOr();
        Expect(TokenKind.Close, ")");
        return inner;
    }

    private V1.Filter ParseNot()
    {
        Advance();
        return _token.Kind == TokenKind.Open ? new() { Negation = ParseGroup() } : throw Unexpected("( after not");
    }

    private V1.Filter ParseAttribute()
    {
        var path = ParsePath(_token.Text) ?? throw Unexpected("an attribute's name");
        Advance();
        if (_token.Kind != TokenKind.OpenValue)
        {
            return ParseComparison(path);
        }

        Advance();
        var inner = ParseOr();
        Expect(TokenKind.CloseValue, "]");
        if (_token.Kind == TokenKind.Word && _token.Text.StartsWith('.'))
        {
            return ParseSubOfValue(path, inner);
        }

        return new() { ValuePath = new() { Path = path, Filter = inner } };
    }

    /// <summary>emails[type eq "work"].value eq "…", which Entra sends: both conditions hold for one value.</summary>
    private V1.Filter ParseSubOfValue(AttributePath path, V1.Filter inner)
    {
        var sub = ParsePath(_token.Text[1..]) ?? throw Unexpected("a sub-attribute's name");
        Advance();
        var all = new Conjunction { Filters = { inner, ParseComparison(sub) } };
        return new() { ValuePath = new() { Path = path, Filter = new() { All = all } } };
    }

    private V1.Filter ParseComparison(AttributePath path)
    {
        if (++_conditions > FilterBinder.MaxConditions)
        {
            throw new FilterFormatException("", $"The filter has more than {FilterBinder.MaxConditions} conditions.");
        }

        if (_token.Kind != TokenKind.Word || !Operators.TryGetValue(_token.Text, out var operation))
        {
            throw Unexpected("an operator (eq, ne, co, sw, ew, gt, ge, lt, le, pr)");
        }

        Advance();
        var comparison = new Comparison { Path = path, Operator = operation };
        if (operation != Operator.Pr)
        {
            comparison.Value = ParseLiteral();
        }

        return new() { Comparison = comparison };
    }

    private Literal ParseLiteral()
    {
        Literal literal = (_token.Kind, _token.Text.ToLowerInvariant()) switch
        {
            (TokenKind.Text, _) => new() { Text = _token.Text },
            (TokenKind.Word, "true") => new() { Boolean = true },
            (TokenKind.Word, "false") => new() { Boolean = false },
            (TokenKind.Word, "null") => new(),
            (TokenKind.Number, _) when IsNumber(_token.Text) => new() { Number = _token.Text },
            _ => throw Unexpected("a value: a text in double quotes, a number, true, false or null"),
        };
        Advance();
        return literal;
    }

    private static bool IsNumber(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Number;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private bool IsWord(string word) => _token.Kind == TokenKind.Word && _token.Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    private void Advance() => _token = _lexer.Next();

    private void Expect(TokenKind kind, string what)
    {
        if (_token.Kind != kind)
        {
            throw Unexpected(what);
        }

        Advance();
    }

    private FilterFormatException Unexpected(string wanted) => new("",
        $"The filter is wrong at position {_token.Position}: expected {wanted}, found {(_token.Kind == TokenKind.End ? "the end" : $"\"{_token.Text}\"")}.");

    [GeneratedRegex(@"^(?<name>\$?[A-Za-z][A-Za-z0-9_\-$]*)(\.(?<sub>\$?[A-Za-z][A-Za-z0-9_\-$]*(\.\$?[A-Za-z][A-Za-z0-9_\-$]*)?))?$")]
    private static partial Regex Name();
}
