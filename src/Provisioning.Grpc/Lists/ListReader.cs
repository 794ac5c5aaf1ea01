using System.Data.Common;
using System.Globalization;
using Provisioning.Access;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Schemas;
using Provisioning.Storage;

namespace Provisioning.Lists;

/// <summary>What is listed: rows of one table.</summary>
/// <param name="Type">The kind of resource.</param>
/// <param name="Table">The table.</param>
/// <param name="Alias">Its alias in <paramref name="Sql"/>.</param>
/// <param name="Sql">Compiles filter and order.</param>
internal sealed record ListSource<TRow>(ResourceType Type, string Table, string Alias, FilterSql Sql)
    where TRow : class
{
    /// <summary>What is read of each row, given an expression for an id that all of them come after.</summary>
    public required Func<string, string> Columns { get; init; }

    /// <summary>Reads the columns.</summary>
    public required Func<DbDataReader, TRow> Read { get; init; }

    /// <summary>A row's id.</summary>
    public required Func<TRow, string> IdOf { get; init; }

    /// <summary>About how large a row is as a message, in bytes.</summary>
    public required Func<TRow, int> SizeOf { get; init; }

    /// <summary>How positions are found and rows counted without reading them; null where nothing keeps count.</summary>
    public Counted? Counts { get; init; }
}

/// <summary>What keeps count of a company's resources.</summary>
/// <param name="Total">Counts all.</param>
/// <param name="TotalBehind">Counts all as a page from a position sees them on which there are none.</param>
/// <param name="From">Reads columns from a position on, and with the rows counts all as the page sees them.</param>
internal sealed record Counted(
    Func<string, Action<long>, Statement> Total,
    Func<ListPosition, Action<long>, Statement> TotalBehind,
    Func<Func<string, string>, ListPosition, int, Func<DbDataReader, bool>, Action<long>, Statement> From);

/// <summary>A position in a company's list in the order of ids.</summary>
/// <param name="Company">The company.</param>
/// <param name="Skip">How many to pass over, above 0.</param>
/// <param name="WalkId">The <see cref="ListWalk"/> that may go on there; empty for none.</param>
/// <param name="Since">Since when a walk has not paused for too long, as a parameter.</param>
internal sealed record ListPosition(string Company, long Skip, string WalkId, object Since);

/// <summary>One page.</summary>
internal sealed record Listed<TRow>(IReadOnlyList<TRow> Rows, string NextToken, long Total);

/// <summary>
/// Reads pages: filtered, ordered, by key or by position. Keys are walked, so that whatever comes and goes, a walk meets
/// each resource that stays exactly once.
/// </summary>
internal sealed class ListReader(StorageConnections connections, SealedTokens tokens, ListWalks walks)
{
    /// <summary>In bytes: a page ends early rather than outgrow what one message may be.</summary>
    private const int MaxPageSize = 8 * 1024 * 1024;

    /// <summary>How many rows of a sorted page are read at a time.</summary>
    private const int SortedChunk = 100;

    public async Task<Listed<TRow>> ReadAsync<TRow>(
        Caller caller, ListSource<TRow> source, ListRequest request, CancellationToken cancellation)
        where TRow : class
    {
        var (sql, list) = (source.Sql, new Lazy<string>(() => NameOf(caller, source.Table, request)));
        var page = Page.Read(tokens, list, request.CountOnly ? 0 : request.PageSize, request.PageToken, request.Skip);
        var where = $"{source.Alias}.company_id = {sql.Parameter(caller.Company)}"
            + (request.Filter is null ? "" : " AND " + sql.Condition(request.Filter, source.Type, request.UndefinedIsAbsent));
        var key = request.Order is { } order ? sql.SortKey(order, source.Type) : null;
        var counts = request.Filter is null ? source.Counts : null;
        if (request.CountOnly)
        {
            return new([], "", await CountAsync(Total(), cancellation));
        }

        var isCounted = counts is not null && key is null && page is { After: "", Skip: > 0 };
        var walked = !isCounted && request.ContinueWalk && page is { After: "", Skip: > 0 }
            ? await walks.FindAsync(caller, list.Value, page, cancellation)
            : null;
        var after = walked ?? page.After;
        var rest = after.Length == 0 ? where : $"{where} AND {After(sql, source.Alias, key, request.Order, after)}";
        var (skip, total) = (walked is null ? page.Skip : 0, -1L);
        var read = isCounted
            ? await FromAsync(source, counts!, walks.PositionOf(caller, list.Value, page, request.ContinueWalk), page.Size,
                found => total = found, cancellation)
            : await PageAsync(source, rest, after, key, request.Order, page.Size, skip,
                counts is null ? [] : [counts.Total(caller.Company, found => total = found)], cancellation);
        if (page is { Skip: 0, After: "" } && !read.HasMore)
        {
            total = read.Rows.Count;
        }
        else if (total < 0 || (walked is not null && key is not null))
        {
            total = walked is null
                ? await CountAsync(Total(), cancellation)
                : page.Skip + await CountAsync(found => Count(rest, found), cancellation);
        }

        if (request is { ContinueWalk: true, PageToken: "" } && read.Rows.Count > 0
            && (read.HasMore || page.Skip > 0 || read.Rows.Count == page.Size))
        {
            await walks.KeepAsync(caller, list.Value, page, read.Rows.Count, read.Last, cancellation);
        }

        return new(read.Rows, read.HasMore ? Page.Seal(tokens, list.Value, read.Last) : "", total);

        Func<Action<long>, Statement> Total() => counts is null ? found => Count(where, found) : found =>
            counts.Total(caller.Company, found);

        Statement Count(string condition, Action<long> found) =>
            Statement.One(
                $"SELECT COUNT(*) FROM {source.Table} {source.Alias} WHERE {condition}", row => found(row.GetInt64(0)), sql.Parameters);
    }

    private static string NameOf(Caller caller, string table, ListRequest request) => string.Join('/', table, caller.Company,
        request.Filter, request.Order, request.UndefinedIsAbsent);

    private async Task<long> CountAsync(Func<Action<long>, Statement> statement, CancellationToken cancellation)
    {
        var count = 0L;
        await connections.RunAsync([statement(found => count = found)], cancellation);
        return count;
    }

    /// <summary>A page from a position on, which is found by what keeps count.</summary>
    private async Task<PageRead<TRow>> FromAsync<TRow>(
        ListSource<TRow> source, Counted counts, ListPosition at, int size, Action<long> total, CancellationToken cancellation)
        where TRow : class
    {
        var read = new PageRead<TRow>(size, source.SizeOf);
        await connections.RunAsync([.. source.Sql.Dialect.KeepPlans(), counts.From(source.Columns, at, size + 1, reader =>
        {
            var row = source.Read(reader);
            return read.Take(row, source.IdOf(row));
        }, total)], cancellation);
        if (read.Rows.Count == 0)
        {
            await connections.RunAsync([counts.TotalBehind(at, total)], cancellation);
        }

        return read;
    }

    /// <summary>A page's rows, the key of the last resource it covers, and whether there are more.</summary>
    private async Task<PageRead<TRow>> PageAsync<TRow>(
        ListSource<TRow> source, string where, string after, string? key, OrderBy? order, int size, int skip, Statement[] beside,
            CancellationToken cancellation)
        where TRow : class
    {
        var (sql, t, page) = (source.Sql, source.Alias, new PageRead<TRow>(size, source.SizeOf));
        // Sizes are few, positions many: a statement for each size is prepared once, and planned for it.
        var limit = string.Create(CultureInfo.InvariantCulture, $"LIMIT {size + 1}{(skip == 0 ? "" : $" OFFSET {sql.Parameter(skip)}")}");
        if (key is null)
        {
            await connections.RunAsync([.. beside.Length == 0 ? []
                : sql.Dialect.KeepPlans(),
                    Statement.Until($"SELECT {source.Columns(sql.Parameter(after))} FROM {source.Table} {t} WHERE {where} ORDER BY {t}.id "
                        + $"{limit}", reader =>
            {
                var row = source.Read(reader);
                return page.Take(row, source.IdOf(row));
            }, sql.Parameters), .. beside], cancellation);
            return page;
        }

        var direction = order!.Descending ? "DESC" : "ASC";
        var keys = new List<(string Id, string? Key)>();
        await connections.RunAsync([Statement.Each(
            $"SELECT k.id, k.key FROM (SELECT {t}.id AS id, {key} AS key FROM {source.Table} {t} WHERE {where}) k ORDER BY (k.key IS "
                + $"NULL) {direction}, k.key {direction}, k.id {limit}",
            reader => keys.Add((reader.GetString(0), reader.TextOrNull(1))), sql.Parameters), .. beside], cancellation);
        foreach (var some in keys.Chunk(SortedChunk))
        {
            // Null stands for one that is gone since the keys were read.
            var found = await FindAsync(source, [.. some.Select(each => each.Id)], cancellation);
            if (!some.All(each => page.Take(found.GetValueOrDefault(each.Id), each.Key is null ? each.Id : $"{each.Id}\n{each.Key}")))
            {
                break;
            }
        }

        return page;
    }

    private async Task<Dictionary<string, TRow>> FindAsync<TRow>(ListSource<TRow> source, string[] ids, CancellationToken cancellation)
        where TRow : class
    {
        var (t, found) = (source.Alias, new Dictionary<string, TRow>());
        await connections.RunAsync([Statement.Each(
            $"SELECT {source.Columns("''")} FROM {source.Table} {t} WHERE {t}.company_id = $1 AND "
                + $"{source.Sql.Dialect.In($"{t}.id", "$2")}", reader =>
            {
                var row = source.Read(reader);
                found.Add(source.IdOf(row), row);
            }, source.Sql.Caller.Company, source.Sql.Dialect.TextsOf(ids))], cancellation);
        return found;
    }

    /// <summary>The condition for what comes after a key in the order.</summary>
    private static string After(FilterSql sql, string t, string? key, OrderBy? order, string after)
    {
        if (key is null)
        {
            return $"{t}.id > {sql.Parameter(after)}";
        }

        var (id, value) = after.IndexOf('\n', StringComparison.Ordinal) is >= 0 and var end
            ? (after[..end], after[(end + 1)..])
            : (after, null);
        var later = $"{t}.id > {sql.Parameter(id)}";
        if (value is null)
        {
            return order!.Descending ? $"({key} IS NOT NULL OR {later})" : $"({key} IS NULL AND {later})";
        }

        var text = sql.Parameter(value);
        return order!.Descending
            ? $"({key} < {text} OR ({key} = {text} AND {later}))"
            : $"({key} IS NULL OR {key} > {text} OR ({key} = {text} AND {later}))";
    }

    /// <summary>Takes rows until the page is full, or larger than one message should be.</summary>
    private sealed class PageRead<TRow>(int size, Func<TRow, int> sizeOf)
        where TRow : class
    {
        private readonly List<TRow> _rows = [];
        private int _covered;
        private long _bytes;

        public IReadOnlyList<TRow> Rows => _rows;

        /// <summary>The key of the last resource covered.</summary>
        public string Last { get; private set; } = "";

        /// <summary>Whether there was one more.</summary>
        public bool HasMore { get; private set; }

        /// <summary>Takes a row, or null where there is none any more; false when it does not fit.</summary>
        public bool Take(TRow? row, string key)
        {
            _bytes += row is null ? 0 : sizeOf(row);
            if (_covered == size || (_rows.Count > 0 && _bytes > MaxPageSize))
            {
                HasMore = true;
                return false;
            }

            if (row is not null)
            {
                _rows.Add(row);
            }

            (Last, _covered) = (key, _covered + 1);
            return true;
        }
    }
}
