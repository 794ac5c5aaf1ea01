using System.Globalization;
using System.Text;

namespace Provisioning.Filtering;

/// <summary>What a piece of a filter is.</summary>
internal enum TokenKind
{
    Word,
    Text,
    Number,
    Open,
    Close,
    OpenValue,
    CloseValue,
    End,
}

/// <summary>A piece of a filter and where it begins, counted from 1.</summary>
internal readonly record struct FilterToken(TokenKind Kind, string Text, int Position);

/// <summary>Cuts a filter into pieces (RFC 7644 figure 1).</summary>
internal sealed class FilterLexer(string text)
{
    private int _at;

    public FilterToken Next()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }

        var start = _at;
        if (_at == text.Length)
        {
            return new(TokenKind.End, "", start + 1);
        }

        switch (text[_at])
        {
            case '(':
                return Single(TokenKind.Open);
            case ')':
                return Single(TokenKind.Close);
            case '[':
                return Single(TokenKind.OpenValue);
            case ']':
                return Single(TokenKind.CloseValue);
            case '"':
                return new(TokenKind.Text, ReadText(), start + 1);
            default:
                while (_at < text.Length && !char.IsWhiteSpace(text[_at]) && text[_at] is not ('(' or ')' or '[' or ']' or '"'))
                {
                    _at++;
                }

                var word = text[start.._at];
                return new(word[0] is '-' or (>= '0' and <= '9') ? TokenKind.Number : TokenKind.Word, word, start + 1);
        }
    }

    private FilterToken Single(TokenKind kind) => new(kind, text[_at].ToString(), ++_at);

    /// <summary>A text with JSON's escapes (RFC 8259 section 7).</summary>
    private string ReadText()
    {
        var value = new StringBuilder();
        var start = _at++;
        while (_at < text.Length)
        {
            var letter = text[_at++];
            if (letter == '"')
            {
                var read = value.ToString();
                return Folding.IsStorable(read) ? read
                    : throw new FilterFormatException(
                        "", $"The filter's text that begins at position {start + 1} holds U+0000 or half of a surrogate pair.");
            }

            value.Append(letter == '\\' ? ReadEscape(start) : letter);
        }

        throw Unfinished(start);
    }

    private char ReadEscape(int start)
    {
        if (_at == text.Length)
        {
            throw Unfinished(start);
        }

        var letter = text[_at++];
        switch (letter)
        {
            case '"' or '\\' or '/':
                return letter;
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u' when _at + 4 <= text.Length
                && ushort.TryParse(text.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                _at += 4;
                return (char)code;
            default:
                throw new FilterFormatException("", $"The filter has an unknown escape \\{letter} at position {_at - 1}.");
        }
    }

    private static FilterFormatException Unfinished(int start) =>
        new FilterFormatException("", $"The filter's text that begins at position {start + 1} has no closing double quote.");
}
