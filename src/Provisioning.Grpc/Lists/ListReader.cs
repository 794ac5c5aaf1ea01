using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Google.Protobuf;
using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Contract;
using Provisioning.Schemas;
using Provisioning.Storage;
using Provisioning.V1;

namespace Provisioning.Lists;

/// <summary>What a List request asks for.</summary>
internal sealed record ListRequest(int PageSize, string PageToken, long Skip, Filter? Filter, Order? Order)
{
    public bool CountOnly { get; init; }
    public bool ContinueWalk { get; init; }
    public bool UndefinedIsAbsent { get; init; }
}

/// <summary>What is listed: rows of one table.</summary>
/// <param name="Type">The kind of resource.</param>
/// <param name="Table">The table.</param>
/// <param name="Alias">Its alias in <paramref name="Sql"/>.</param>
/// <param name="Sql">Compiles filter and order.</param>
/// <param name="IdOf">A row's id.</param>
/// <param name="SizeOf">About how large a row is as a message, in bytes.</param>
internal sealed record ListSource<TRow>(ResourceType Type, string Table, string Alias, FilterSql Sql, Func<TRow, string> IdOf, Func<TRow, int> SizeOf)
    where TRow : class
{
    /// <summary>The columns read: all, unless the source leaves out what no message shows.</summary>
    public string Columns { get; init; } = $"{Alias}.*";

    /// <summary>Counts all rows of the company without reading them; null where nothing counts them.</summary>
    public Func<Task<long>>? CountAll { get; init; }
}

/// <summary>One page.</summary>
internal sealed record Listed<TRow>(IReadOnlyList<TRow> Rows, string NextToken, long Total);

/// <summary>
/// Reads pages: filtered, ordered, by key or by position. Keys are walked, so that whatever comes and goes, a walk meets
/// each resource that stays exactly once.
/// </summary>
internal sealed class ListReader(ProvisioningDb db, SealedTokens tokens, ListWalks walks)
{
    /// <summary>In bytes: a page ends early rather than outgrow what one message may be.</summary>
    private const int MaxPageSize = 8 * 1024 * 1024;

    /// <summary>How many rows of a sorted page are read at a time.</summary>
    private const int SortedChunk = 100;

    public async Task<Listed<TRow>> ReadAsync<TRow>(Caller caller, ListSource<TRow> source, ListRequest request, CancellationToken cancellation)
        where TRow : class
    {
        var (sql, list) = (source.Sql, NameOf(caller, source.Table, request));
        var page = Page.Read(tokens, list, request.CountOnly ? 0 : request.PageSize, request.PageToken, request.Skip);
        var where = $"{source.Alias}.company_id = {sql.Parameter(caller.Company)}"
            + (request.Filter is null ? "" : " AND " + sql.Condition(request.Filter, source.Type, request.UndefinedIsAbsent));
        var key = request.Order is { } order ? sql.SortKey(order, source.Type) : null;
        if (request.CountOnly)
        {
            return new([], "", await CountAsync(source, where, request.Filter is null, cancellation));
        }

        var walked = request.ContinueWalk && page is { After: "", Skip: > 0 } ? await walks.FindAsync(caller, list, page, cancellation) : null;
        var after = walked ?? page.After;
        var rest = after.Length == 0 ? where : $"{where} AND {After(sql, source.Alias, key, request.Order, after)}";
        var total = walked is null
            ? await CountAsync(source, where, request.Filter is null, cancellation)
            : page.Skip + await CountAsync(source, rest, isAll: false, cancellation);
        if (total == 0)
        {
            return new([], "", 0);
        }

        var read = await PageAsync(source, rest, key, request.Order, page.Size, walked is null ? page.Skip : 0, cancellation);
        if (request is { ContinueWalk: true, PageToken: "" } && read.Rows.Count > 0 && (read.HasMore || page.Skip > 0 || read.Rows.Count == page.Size))
        {
            await walks.KeepAsync(caller, list, page, read.Rows.Count, read.Last, cancellation);
        }

        return new(read.Rows, read.HasMore ? Page.Seal(tokens, list, read.Last) : "", total);
    }

    private static string NameOf(Caller caller, string table, ListRequest request) => string.Join('/', table, caller.Company,
        request.Filter?.ToByteString().ToBase64(), request.Order?.ToByteString().ToBase64(), request.UndefinedIsAbsent);

    private async Task<long> CountAsync<TRow>(ListSource<TRow> source, string where, bool isAll, CancellationToken cancellation)
        where TRow : class =>
        isAll && source.CountAll is { } count
            ? await count()
            : await CountAsync($"SELECT COUNT(*) AS \"Value\" FROM {source.Table} {source.Alias} WHERE {where}", source.Sql.Parameters, cancellation);

    private async Task<long> CountAsync(string sql, object[] parameters, CancellationToken cancellation) =>
        (await db.Database.SqlQueryRaw<long>(sql, parameters).ToListAsync(cancellation))[0];

    /// <summary>A page's rows, the key of the last resource it covers, and whether there are more.</summary>
    private async Task<PageRead<TRow>> PageAsync<TRow>(
        ListSource<TRow> source, string where, string? key, Order? order, int size, int skip, CancellationToken cancellation)
        where TRow : class
    {
        var (sql, t) = (source.Sql, source.Alias);
        var limit = string.Create(CultureInfo.InvariantCulture, $"LIMIT {size + 1} OFFSET {skip}");
        if (key is null)
        {
            var rows = RowsOf<TRow>($"SELECT {source.Columns} FROM {source.Table} {t} WHERE {where} ORDER BY {t}.id {limit}", sql);
            return await FittingAsync(rows.AsAsyncEnumerable(), size, source, source.IdOf, cancellation);
        }

        var direction = order!.Descending ? "DESC" : "ASC";
        var sorted =
            $"SELECT k.id AS \"Id\", k.key AS \"Key\" FROM (SELECT {t}.id AS id, {key} AS key FROM {source.Table} {t} WHERE {where}) k ORDER BY (k.key IS NULL) {direction}, k.key {direction}, k.id {limit}";
        var keys = await db.Database.SqlQueryRaw<SortedId>(sorted, sql.Parameters).ToListAsync(cancellation);
        return await FittingAsync(InOrderAsync(source, keys, cancellation), size, source, cancellation);
    }

    /// <summary>Rows in the order of their keys, some at a time; null for one that is gone since the keys were read.</summary>
    private async IAsyncEnumerable<(TRow? Row, string Key)> InOrderAsync<TRow>(
        ListSource<TRow> source, List<SortedId> keys, [EnumeratorCancellation] CancellationToken cancellation)
        where TRow : class
    {
        var (sql, t) = (source.Sql, source.Alias);
        foreach (var some in keys.Chunk(SortedChunk))
        {
            var ids = JsonSerializer.Serialize(some.Select(each => each.Id));
            var found = await RowsOf<TRow>(
                $"SELECT {source.Columns} FROM {source.Table} {t} WHERE {t}.company_id = {sql.Parameter(sql.Caller.Company)} AND {t}.id IN {Sql.Texts(sql.Provider, sql.Parameter(ids))}", sql)
                .ToDictionaryAsync(source.IdOf, cancellation);
            foreach (var each in some)
            {
                yield return (found.GetValueOrDefault(each.Id), each.Key is null ? each.Id : $"{each.Id}\n{each.Key}");
            }
        }
    }

    private static Task<PageRead<TRow>> FittingAsync<TRow>(
        IAsyncEnumerable<TRow> rows, int size, ListSource<TRow> source, Func<TRow, string> keyOf, CancellationToken cancellation)
        where TRow : class => FittingAsync(rows.Select(row => ((TRow?)row, keyOf(row))), size, source, cancellation);

    /// <summary>Takes rows until the page is full, or larger than one message should be.</summary>
    private static async Task<PageRead<TRow>> FittingAsync<TRow>(
        IAsyncEnumerable<(TRow? Row, string Key)> rows, int size, ListSource<TRow> source, CancellationToken cancellation)
        where TRow : class
    {
        var (taken, last, covered, bytes) = (new List<TRow>(), "", 0, 0L);
        await foreach (var (row, key) in rows.WithCancellation(cancellation))
        {
            bytes += row is null ? 0 : source.SizeOf(row);
            if (covered == size || (taken.Count > 0 && bytes > MaxPageSize))
            {
                return new(taken, last, HasMore: true);
            }

            if (row is not null)
            {
                taken.Add(row);
            }

            (last, covered) = (key, covered + 1);
        }

        return new(taken, last, HasMore: false);
    }

    private IQueryable<TRow> RowsOf<TRow>(string text, FilterSql sql)
        where TRow : class => db.Set<TRow>().FromSqlRaw(text, sql.Parameters).AsNoTracking();

    /// <summary>The condition for what comes after a key in the order.</summary>
    private static string After(FilterSql sql, string t, string? key, Order? order, string after)
    {
        if (key is null)
        {
            return $"{t}.id > {sql.Parameter(after)}";
        }

        var (id, value) = after.IndexOf('\n', StringComparison.Ordinal) is >= 0 and var end ? (after[..end], after[(end + 1)..]) : (after, null);
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

    private sealed record PageRead<TRow>(IReadOnlyList<TRow> Rows, string Last, bool HasMore);

    private sealed record SortedId(string Id, string? Key);
}
