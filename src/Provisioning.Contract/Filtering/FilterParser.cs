using System.Text.Json;
using System.Text.RegularExpressions;

namespace Provisioning.Filtering;

/// <summary>
/// Parses filters (RFC 7644 section 3.4.2.2): the whole grammar, with positions in its errors
/// and bounds on length, depth and conditions. Which attributes and operators can be searched by is the core's to say.
/// </summary>
public sealed partial class FilterParser
{
    /// <summary>The longest filter taken, in characters.</summary>
    public const int MaxLength = 8_000;

    private static readonly Dictionary<string, ComparisonOperator> Operators = Enum.GetValues<ComparisonOperator>()
        .ToDictionary(each => each.ToString(), StringComparer.OrdinalIgnoreCase);

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
    public static Filter Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parser = new FilterParser(text);
        var filter = parser.ParseOr();
        if (parser._token.Kind != TokenKind.End)
        {
            throw parser.Unexpected("and, or, or the end");
        }

        return DepthOf(filter) <= FilterBinder.MaxDepth
            ? filter
            : throw new FilterFormatException("", $"The filter nests more than {FilterBinder.MaxDepth} levels deep.");
    }

    /// <summary>
    /// Whether a text looks like an attribute's name, with or without a URN in front. It need not name an attribute that exists:
    /// <see cref="Schemas.AttributeNames"/> finds out.
    /// </summary>
    public static bool IsName(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Name().IsMatch(text[(text.LastIndexOf(':') + 1)..]);
    }

    /// <summary>How deep the tree is, where each and, or, not and [ ] is a level.</summary>
    private static int DepthOf(Filter filter) => filter switch
    {
        Filter.All all => 1 + all.Filters.Max(DepthOf),
        Filter.Any any => 1 + any.Filters.Max(DepthOf),
        Filter.Not not => 1 + DepthOf(not.Inner),
        Filter.OneOf one => 1 + DepthOf(one.Inner),
        _ => 0,
    };

    private Filter ParseOr() => Chain("or", ParseAnd, filters => new Filter.Any(filters));

    private Filter ParseAnd() => Chain("and", ParseTerm, filters => new Filter.All(filters));

    private Filter Chain(
        string word, Func<Filter> part, Func<List<Filter>, Filter> join)
    {
        var parts = new List<Filter> { part() };
        while (IsWord(word))
        {
            Advance();
            parts.Add(part());
        }

        return parts.Count == 1 ? parts[0] : join(parts);
    }

    private Filter ParseTerm()
    {
        if (++_depth > FilterBinder.MaxDepth)
        {
            throw new FilterFormatException(
                "", $"The filter nests more than {FilterBinder.MaxDepth} levels deep at position {_token.Position}.");
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

    private Filter ParseGroup()
    {
        Advance();
        var inner = ParseOr();
        Expect(TokenKind.Close, ")");
        return inner;
    }

    private Filter ParseNot()
    {
        Advance();
        return _token.Kind == TokenKind.Open ? new Filter.Not(ParseGroup()) : throw Unexpected("( after not");
    }

    private Filter ParseAttribute()
    {
        var name = ParseName(_token.Text, "an attribute's name");
        if (_token.Kind != TokenKind.OpenValue)
        {
            return ParseComparison(name);
        }

        Advance();
        var inner = ParseOr();
        Expect(TokenKind.CloseValue, "]");
        if (_token.Kind == TokenKind.Word && _token.Text.StartsWith('.'))
        {
            return ParseSubOfValue(name, inner);
        }

        return new Filter.OneOf(name, inner);
    }

    /// <summary>emails[type eq "work"].value eq "…", which Entra sends: both conditions hold for one value.</summary>
    private Filter.OneOf ParseSubOfValue(string list, Filter inner) =>
        new(list, new Filter.All([inner, ParseComparison(ParseName(_token.Text[1..], "a sub-attribute's name"))]));

    private string ParseName(string text, string what)
    {
        if (!IsName(text))
        {
            throw Unexpected(what);
        }

        Advance();
        return text;
    }

    private Filter.Comparison ParseComparison(string name)
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
        return new(name, operation, operation == ComparisonOperator.Pr ? Literal.Null : ParseLiteral());
    }

    private Literal ParseLiteral()
    {
        var literal = (_token.Kind, _token.Text.ToLowerInvariant()) switch
        {
            (TokenKind.Text, _) => Literal.Of(_token.Text),
            (TokenKind.Word, "true") => Literal.Of(true),
            (TokenKind.Word, "false") => Literal.Of(false),
            (TokenKind.Word, "null") => Literal.Null,
            (TokenKind.Number, _) when IsNumber(_token.Text) => new(LiteralKind.Number, _token.Text),
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
        $"The filter is wrong at position {_token.Position}: expected {wanted}, found "
            + $"{(_token.Kind == TokenKind.End ? "the end" : $"\"{_token.Text}\"")}.");

    [GeneratedRegex(@"^(?<name>\$?[A-Za-z][A-Za-z0-9_\-$]*)(\.(?<sub>\$?[A-Za-z][A-Za-z0-9_\-$]*(\.\$?[A-Za-z][A-Za-z0-9_\-$]*)?))?$")]
    private static partial Regex Name();
}
