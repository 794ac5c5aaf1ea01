using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Filtering;
using Provisioning.Json;
using Scim.Wire;

namespace Scim.Lists;

/// <summary>What a list request asks for, as a query (RFC 7644 section 3.4.2) or as a search request (section 3.4.3).</summary>
internal sealed record ListQuery
{
    /// <summary>How many resources a page holds where the request says nothing, and at most.</summary>
    public const int DefaultCount = 100, MaxCount = 1_000;

    private const int MaxIndex = 100_000_000;

    /// <summary>The filter as it came; empty for none. What it means is the core's to say.</summary>
    public string Filter { get; init; } = "";

    /// <summary>The order in the contract's form; empty for none.</summary>
    public string OrderBy { get; init; } = "";

    /// <summary>The position of the first, from 1.</summary>
    public int StartIndex { get; init; } = 1;

    /// <summary>How many at most.</summary>
    public int Count { get; init; } = DefaultCount;

    /// <summary>Where to go on (RFC 9865); empty for the first page, null where pages go by position.</summary>
    public string? Cursor { get; init; }

    /// <summary>Whether the filter may name what the resources do not have, as in a search across kinds.</summary>
    public bool UndefinedIsAbsent { get; init; }

    /// <summary>Whether a position is one by rank, and no walk goes on from it.</summary>
    public bool ByRank { get; init; }

    /// <summary>Reads a query.</summary>
    /// <exception cref="ScimException">A parameter cannot be understood.</exception>
    public static ListQuery Of(IQueryCollection query) => Read(
        query["filter"].ToString(), query["sortBy"].ToString(), query["sortOrder"].ToString(), query["startIndex"].ToString(),
            query["count"].ToString(),
        query.ContainsKey("cursor") ? query["cursor"].ToString() : null);

    /// <summary>Reads a search request; its attributes are a matter of <see cref="Projection"/>.</summary>
    /// <exception cref="ScimException">A member cannot be understood.</exception>
    public static ListQuery Of(JsonObject body) => Read(
        Text(body, "filter") ?? "", Text(body, "sortBy") ?? "", Text(body, "sortOrder") ?? "", Text(body, "startIndex")
            ?? "", Text(body, "count") ?? "",
        Text(body, "cursor"));

    /// <summary>The names in a search request's list of attributes.</summary>
    public static IReadOnlyList<string> Names(JsonObject body, string member) => body.Member(member) switch
    {
        null => [],
        JsonArray list when list.All(each => each?.GetValueKind() == JsonValueKind.String) =>
            [.. list.Select(each => each!.GetValue<string>())],
        JsonValue text when text.GetValueKind() == JsonValueKind.String => text.GetValue<string>().Split(',',
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        _ => throw ScimException.Value($"{member} must be a list of texts."),
    };

    private static ListQuery Read(string filter, string sortBy, string sortOrder, string startIndex, string count, string? cursor)
    {
        if (cursor is not null && startIndex.Length > 0)
        {
            throw ScimException.Value("startIndex and cursor cannot be combined. Send one of them.");
        }

        var number = Number("count", count, cursor is null ? ScimType.InvalidValue : ScimType.InvalidCount);
        if (cursor is not null && number < 1)
        {
            throw new ScimException(
                System.Net.HttpStatusCode.BadRequest, ScimType.InvalidCount, $"With a cursor, count must be between 1 and {MaxCount}.");
        }

        return new()
        {
            Filter = filter,
            OrderBy = OrderOf(sortBy, sortOrder),
            StartIndex = Math.Clamp(Number("startIndex", startIndex, ScimType.InvalidValue) ?? 1, 1, MaxIndex),
            Count = Math.Clamp(number ?? DefaultCount, 0, MaxCount),
            Cursor = cursor,
        };
    }

    private static string OrderOf(string sortBy, string sortOrder)
    {
        var descending = sortOrder.ToLowerInvariant() switch
        {
            "" or "ascending" => false,
            "descending" => true,
            _ => throw ScimException.Value($"sortOrder must be ascending or descending, not \"{sortOrder}\"."),
        };
        return sortBy.Length == 0 ? ""
            : FilterParser.IsName(sortBy.Trim()) ? new OrderBy(sortBy.Trim(), descending).ToString()
            : throw ScimException.Value($"sortBy must be an attribute's name, such as userName, not \"{sortBy}\".");
    }

    private static int? Number(string name, string text, string scimType)
    {
        if (text.Length == 0)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? (int)Math.Clamp(number, int.MinValue, int.MaxValue)
            : throw new ScimException(System.Net.HttpStatusCode.BadRequest, scimType, $"{name} must be a whole number, not \"{text}\".");
    }

    private static string? Text(JsonObject body, string name) => body.Member(name) switch
    {
        null => null,
        JsonValue value when value.GetValueKind() is JsonValueKind.String => value.GetValue<string>(),
        JsonValue value when value.GetValueKind() is JsonValueKind.Number => value.ToJsonString(),
        _ => throw ScimException.Value($"{name} must be a text or a number."),
    };
}
