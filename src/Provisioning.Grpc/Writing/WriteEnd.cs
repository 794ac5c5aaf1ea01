using Provisioning.Storage;

namespace Provisioning.Writing;

/// <summary>
/// What writes leave to their transaction's end, in one round trip: what changes and removes rows, then new rows, each table's
/// together, then the rest.
/// </summary>
internal sealed class WriteEnd
{
    private readonly List<Statement> _after = [];
    private readonly List<Bucket> _edits = [], _inserts = [];

    /// <summary>All of it. Taking rows must not fail: by then the writes are done.</summary>
    public IReadOnlyList<Statement> Statements =>
        [.. _edits.SelectMany(bucket => bucket.Statements), .. _inserts.SelectMany(bucket => bucket.Statements), .. _after];

    public void After(Statement statement) => _after.Add(statement);

    public void Edit<TRow>(RowEdits<TRow> edits, TRow row) => BucketOf(_edits, edits).Rows.Add(row);

    public void Insert<TRow>(Rows<TRow> table, params IEnumerable<TRow> rows) => BucketOf(_inserts, table).Rows.AddRange(rows);

    /// <summary>Takes new rows back that meet a condition.</summary>
    public void Withdraw<TRow>(Rows<TRow> table, Predicate<TRow> condition) => BucketOf(_inserts, table).Rows.RemoveAll(condition);

    /// <summary>Adds what another write leaves.</summary>
    public void Add(WriteEnd other)
    {
        other._edits.ForEach(bucket => bucket.AddTo(_edits));
        other._inserts.ForEach(bucket => bucket.AddTo(_inserts));
        _after.AddRange(other._after);
    }

    private static Bucket<TRow> BucketOf<TRow>(List<Bucket> buckets, IRows<TRow> table)
    {
        foreach (var bucket in buckets)
        {
            if (bucket.Table == table)
            {
                return (Bucket<TRow>)bucket;
            }
        }

        var made = new Bucket<TRow>(table);
        buckets.Add(made);
        return made;
    }

    /// <summary>The rows to which one thing is done.</summary>
    private abstract class Bucket(object table)
    {
        public object Table => table;

        public abstract IEnumerable<Statement> Statements { get; }

        /// <summary>Adds the rows to those of other writes.</summary>
        public abstract void AddTo(List<Bucket> buckets);
    }

    private sealed class Bucket<TRow>(IRows<TRow> table) : Bucket(table)
    {
        public List<TRow> Rows { get; } = [];

        public override IEnumerable<Statement> Statements => Rows.Count == 0 ? [] : table.StatementsFor(Rows);

        public override void AddTo(List<Bucket> buckets) => BucketOf(buckets, table).Rows.AddRange(Rows);
    }
}
