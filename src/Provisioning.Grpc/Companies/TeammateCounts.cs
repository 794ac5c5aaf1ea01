using System.Data.Common;
using System.Globalization;
using Provisioning.Contract;
using Provisioning.Lists;
using Provisioning.Storage;
using Provisioning.Writing;
using State = Provisioning.V1.Teammate.Types.State;

namespace Provisioning.Companies;

/// <summary>
/// How many teammates a company has, and how many come before one in the order of ids, without counting them. Every create and
/// delete leaves a row that says where it was; a background job folds these rows into blocks of neighbours. No writer waits for
/// another's counter, and a position in the list is found by adding up blocks.
/// </summary>
internal static class TeammateCounts
{
    /// <summary>
    /// How many teammates a block has when it is made, and from how many on it is divided: in a company of a million, adding up its
    /// blocks takes as long as passing over a quarter of one.
    /// </summary>
    private const int BlockSize = 4_000, MaxBlock = 8_000;

    /// <summary>
    /// The company $1's rows that move how many teammates there are: not those of blocks and unblocks, which come by the thousand and
    /// move a position nowhere. An index has these alone (ix_teammate_counts_positions).
    /// </summary>
    private const string Moving = "teammate_counts WHERE company_id = $1 AND active + blocked <> 0";

    /// <summary>Where the walk that goes on at a position has come to.</summary>
    private const string Walked = "walked AS (SELECT after FROM list_walks WHERE company_id = $1 AND id = $3 AND time > $4)";

    /// <summary>Which blocks begin before a position, or where its walk has come to; the last of them is where that is.</summary>
    private const string UpTo = "is_block AND CASE WHEN EXISTS (SELECT 1 FROM walked) THEN from_id <= (SELECT after FROM walked) ELSE "
        + "before < $2 END";

    private static readonly OnEngines<Rows<TeammateCount>> Rows = new(dialect => new(dialect, "teammate_counts",
    [
        new("company_id", "text", row => row.CompanyId),
        new("id", "text", row => row.Id),
        new("from_id", "text", row => row.FromId),
        new("is_block", "boolean", row => row.IsBlock),
        new("active", "bigint", row => row.Active),
        new("blocked", "bigint", row => row.Blocked),
    ]));

    /// <summary>Notes how the numbers move at a teammate.</summary>
    public static void Move(Write write, string teammateId, int active, int blocked) =>
        write.Insert(Rows.On(write.Dialect),
            new()
            {
                CompanyId = write.CompanyId,
                Id = write.NewId(ResourceIds.Count),
                FromId = teammateId,
                Active = active,
                Blocked = blocked,
            });

    /// <summary>Counts a company's teammates.</summary>
    public static Statement Total(string company, Action<long> total) =>
        Statement.One($"SELECT CAST(COALESCE(SUM(active + blocked), 0) AS BIGINT) FROM {Moving}", row => total(row.GetInt64(0)), company);

    /// <summary>
    /// Counts a company's teammates as a page from a position sees them on which nobody is: where a walk has come to the end there, all are
    /// behind it.
    /// </summary>
    public static Statement TotalBehind(ListPosition at, Action<long> total) => Statement.One(
        $"WITH {Walked} SELECT CAST(CASE WHEN EXISTS (SELECT 1 FROM walked) THEN $2 ELSE (SELECT COALESCE(SUM(active + blocked), 0) FROM "
            + $"{Moving}) END AS BIGINT)",
        row => total(row.GetInt64(0)), at.Company, at.Skip, at.WalkId, at.Since);

    /// <summary>
    /// Reads teammates from a position of the list on: behind where its walk has come to, or behind the last one that is passed over,
    /// which is looked for from the nearer end of its block: how many come before one is exact where a block begins, since rows of the
    /// same place come behind it. With each it tells how many there are as the page sees them: what it passed over, and what is left
    /// behind there.
    /// </summary>
    /// <param name="columns">The columns, on the alias `t`, of those whose id comes after what an expression says.</param>
    /// <param name="at">The position.</param>
    /// <param name="take">How many to read.</param>
    /// <param name="row">Takes each, and says whether to go on.</param>
    /// <param name="total">Takes how many there are; not called where nobody is on the page.</param>
    public static Statement From(
        Func<string, string> columns, ListPosition at, int take, Func<DbDataReader, bool> row, Action<long> total) => Statement.Until(
        string.Create(CultureInfo.InvariantCulture,
        $"""
        WITH {Walked},
        place AS (SELECT COALESCE(SUM(n), 0) AS total, MAX(from_id) FILTER (WHERE {UpTo}) AS from_id,
            COALESCE(MAX(before) FILTER (WHERE {UpTo}), 0) AS before,
        MIN(from_id) FILTER (WHERE is_block AND before >= $2) AS next_id, MIN(before) FILTER (WHERE is_block
            AND before >= $2) AS next_before
        FROM (SELECT from_id, is_block, n, SUM(n) OVER (ORDER BY from_id, is_block DESC) - n AS before
        FROM (SELECT from_id, is_block, CAST(active + blocked AS INT) AS n FROM {Moving}) moving) ranks),
        start AS (SELECT COALESCE((SELECT after FROM walked), CASE WHEN (SELECT next_before FROM place) - $2 < $2 - (SELECT before
            FROM place)
        THEN (SELECT id FROM teammates WHERE company_id = $1 AND id < (SELECT next_id FROM place) ORDER BY id DESC
            LIMIT 1 OFFSET CAST((SELECT next_before FROM place) - $2 AS BIGINT))
        ELSE (SELECT id FROM teammates WHERE company_id = $1 AND id >= COALESCE((SELECT from_id FROM place), '')
        ORDER BY id LIMIT 1 OFFSET CAST($2 - 1 - (SELECT before FROM place) AS BIGINT)) END) AS after)
        SELECT {columns("(SELECT after FROM start)")}, CAST((SELECT total FROM place) + CASE WHEN EXISTS (SELECT 1 FROM walked)
            THEN $2 - (SELECT before FROM place)
        - (SELECT COUNT(*) FROM teammates WHERE company_id = $1 AND id >= COALESCE((SELECT from_id FROM place), '') AND id <= (SELECT after
            FROM walked)) ELSE 0 END AS BIGINT)
        FROM teammates t WHERE t.company_id = $1 AND t.id > (SELECT after FROM start) ORDER BY t.id LIMIT {take}
        """), reader =>
        {
            total(reader.GetInt64(reader.FieldCount - 1));
            return row(reader);
        }, at.Company, at.Skip, at.WalkId, at.Since);

    /// <summary>The companies with rows to fold.</summary>
    /// <param name="many">How many rows a company may have that are no blocks.</param>
    /// <param name="company">Takes each.</param>
    public static Statement ToFold(long many, Action<string> company) => Statement.Each(
        """
        SELECT company_id FROM teammate_counts WHERE NOT is_block GROUP BY company_id HAVING COUNT(*) > $1 OR MAX(active + blocked) > 1
        """, row => company(row.GetString(0)), many);

    /// <summary>
    /// Folds a company's rows into its blocks, and divides blocks that grew. To be called in a transaction that sees one state of
    /// the database throughout.
    /// </summary>
    /// <returns>How many rows are gone.</returns>
    public static async Task<int> FoldAsync(ProvisioningDb db, string company, DateTimeOffset now, CancellationToken cancellation)
    {
        var rows = new List<Row>();
        await Statements.RunAsync(db,
            [Statement.Each("SELECT id, from_id, is_block, active, blocked FROM teammate_counts WHERE company_id = $1 ORDER BY from_id, "
                + "is_block DESC, id",
            row => rows.Add(new(row.GetString(0), row.GetString(1), row.GetBoolean(2), row.GetInt64(3), row.GetInt64(4))), company)],
                cancellation);
        var blocks = new List<Block> { new("", 0, 0) };
        foreach (var row in rows)
        {
            if (row.IsBlock && row.FromId.Length > 0)
            {
                blocks.Add(new(row.FromId, 0, 0));
            }

            blocks[^1] = blocks[^1] with { Active = blocks[^1].Active + row.Active, Blocked = blocks[^1].Blocked + row.Blocked };
        }

        var divided = new List<Block>();
        foreach (var (index, block) in blocks.Index())
        {
            if (block.Count <= MaxBlock)
            {
                divided.Add(block);
                continue;
            }

            await DivideAsync(db, company, block, index + 1 < blocks.Count ? blocks[index + 1].FromId : null, divided, cancellation);
        }

        // Only what changed is written: most blocks stay as they are.
        var wanted = divided.ToHashSet();
        var kept = rows.Where(row => row.IsBlock && wanted.Contains(new(row.FromId, row.Active, row.Blocked))).Select(row => row.Id)
            .ToHashSet();
        var present = rows.Where(row => kept.Contains(row.Id)).Select(row => row.FromId).ToHashSet();
        List<Statement> changes = [.. rows.Where(row => !kept.Contains(row.Id)).Chunk(1_000).Select(some => new Statement(
            $"DELETE FROM teammate_counts WHERE company_id = $1 AND {db.Dialect.In("id", "$2")}", company,
                db.Dialect.TextsOf(some.Select(row => row.Id))))];
        changes.AddRange(divided.Where(block => !present.Contains(block.FromId)
            && (block.Count != 0 || block.Active != 0 || block.FromId.Length == 0)).Select(block => new Statement(
            "INSERT INTO teammate_counts (company_id, id, from_id, is_block, active, blocked) VALUES ($1, $2, $3, TRUE, $4, $5)",
            company, ResourceIds.New(ResourceIds.Count, now), block.FromId, block.Active, block.Blocked)));
        await Statements.RunAsync(db, changes, cancellation);
        return rows.Count - kept.Count;
    }

    /// <summary>Divides a block by its teammates, as they are in the transaction's view.</summary>
    private static async Task DivideAsync(
        ProvisioningDb db, string company, Block block, string? end, List<Block> into, CancellationToken cancellation)
    {
        var first = into.Count;
        await Statements.RunAsync(db, [Statement.Each(
            string.Create(CultureInfo.InvariantCulture,
            $"""
            SELECT MIN(x.id), SUM(CASE WHEN x.state = {(int)State.Blocked} THEN 0 ELSE 1 END), SUM(CASE WHEN x.state = {(int)State.Blocked}
                THEN 1 ELSE 0 END)
            FROM (SELECT id, state, (ROW_NUMBER() OVER (ORDER BY id) - 1) / {BlockSize} AS part
                FROM teammates WHERE company_id = $1 AND id >= $2{(end is null ? "" : " AND id < $3")}) x
            GROUP BY x.part ORDER BY 1
            """),
            row => into.Add(new(row.GetString(0), row.GetInt64(1), row.GetInt64(2))),
            end is null ? [company, block.FromId] : [company, block.FromId, end])], cancellation);
        if (into.Count > first)
        {
            // The first part keeps the block's own beginning: who comes before its teammates belongs to it too.
            into[first] = into[first] with { FromId = block.FromId };
        }
        else
        {
            into.Add(block);
        }
    }

    private sealed record Row(string Id, string FromId, bool IsBlock, long Active, long Blocked);

    private sealed record Block(string FromId, long Active, long Blocked)
    {
        public long Count => Active + Blocked;
    }
}
