using System.Globalization;
using Provisioning.Filtering;
using Scim.Lists;
using Scim.Wire;

namespace Scim.Resources;

/// <summary>
/// A search across every kind of resource (RFC 7644 section 3.4.2.1): one kind after the other, as one list. Attributes
/// that a kind does not have count as absent; such a list has no order of its own. Positions go by rank, since they move
/// from kind to kind when resources come and go; cursors do not.
/// </summary>
internal sealed class RootSearch(IReadOnlyList<ResourceEndpoint> endpoints)
{
    public async Task<ResourceList> ListAsync(ScimCall call, ListQuery query)
    {
        Check(query);
        return query.Cursor is { } cursor ? await FromCursorAsync(call, query, cursor) : await FromIndexAsync(call, query);
    }

    private async Task<ResourceList> FromIndexAsync(ScimCall call, ListQuery query)
    {
        var (total, resources, skip, ended) = (0L, new List<ScimResource>(), query.StartIndex - 1L, false);
        foreach (var endpoint in endpoints)
        {
            var count = ended ? 0 : query.Count - resources.Count;
            var page = await endpoint.ListAsync(
                call, query with { UndefinedIsAbsent = true, ByRank = true, StartIndex = (int)skip + 1, Count = count });
            ended |= page.NextCursor.Length > 0;
            total += page.Total;
            skip = Math.Max(0, skip - page.Total);
            resources.AddRange(page.Resources);
        }

        return new(total, resources, "");
    }

    /// <summary>A cursor says which kind is being read, and where in it.</summary>
    private async Task<ResourceList> FromCursorAsync(ScimCall call, ListQuery query, string cursor)
    {
        var (at, within) = Split(cursor);
        var (total, resources, next) = (0L, new List<ScimResource>(), "");
        foreach (var (index, endpoint) in endpoints.Index())
        {
            var reads = index >= at && next.Length == 0;
            var page = await endpoint.ListAsync(call, query with
            {
                UndefinedIsAbsent = true,
                Cursor = reads && index == at ? within : "",
                Count = reads ? query.Count - resources.Count : 0,
            });
            total += page.Total;
            resources.AddRange(page.Resources);
            if (reads && (page.NextCursor.Length > 0 || (resources.Count == query.Count && index + 1 < endpoints.Count)))
            {
                next = page.NextCursor.Length > 0 ? $"{index}.{page.NextCursor}" : $"{index + 1}.";
            }
        }

        return new(total, resources, next);
    }

    private (int At, string Within) Split(string cursor)
    {
        if (cursor.Length == 0)
        {
            return (0, "");
        }

        return cursor.IndexOf('.', StringComparison.Ordinal) is var dot and > 0
            && int.TryParse(cursor[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < endpoints.Count
            ? (at, cursor[(dot + 1)..])
            : throw ScimException.Cursor();
    }

    private void Check(ListQuery query)
    {
        if (query.OrderBy.Length > 0)
        {
            throw ScimException.Value(
                "A search across all kinds of resources cannot be sorted. Search one of them, such as /Users/.search.");
        }

        if (string.IsNullOrWhiteSpace(query.Filter))
        {
            return;
        }

        try
        {
            foreach (var name in FilterParser.Parse(query.Filter).Attributes.Where(
                name => endpoints.All(endpoint => endpoint.Type.Resolve(name) is null)))
            {
                throw ScimException.Filter($"No resource has an attribute {name} that can be searched by.");
            }
        }
        catch (FilterFormatException failure)
        {
            throw ScimException.Of(failure);
        }
    }
}
