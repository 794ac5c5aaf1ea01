namespace Provisioning.Storage;

/// <summary>
/// What writes leave to their transaction's end, in one round trip: what changes and removes rows, then new rows, each table's
/// together, then the rest.
/// </summary>
internal sealed class WriteEnd
{
    private readonly List<Statement> _before = [], _after = [];
    private readonly List<Bucket> _inserts = [];

    /// <summary>All of it. Taking rows must not fail: by then the writes are done.</summary>
    public IReadOnlyList<Statement> Statements => [.. _before, .. _inserts.SelectMany(bucket => bucket.Statements), .. _after];

    public void Before(Statement statement) => _before.Add(statement);

    public void After(Statement statement) => _after.Add(statement);

    public void Insert<TRow>(Rows<TRow> table, params IEnumerable<TRow> rows) => BucketOf(table).Rows.AddRange(rows);

    /// <summary>Takes new rows back that meet a condition.</summary>
    public void Withdraw<TRow>(Rows<TRow> table, Predicate<TRow> condition) => BucketOf(table).Rows.RemoveAll(condition);

    /// <summary>Adds what another write leaves.</summary>
    public void Add(WriteEnd other)
    {
        _before.AddRange(other._before);
        other._inserts.ForEach(bucket => bucket.AddTo(this));
        _after.AddRange(other._after);
    }

    private Bucket<TRow> BucketOf<TRow>(Rows<TRow> table)
    {
        if (_inserts.Find(bucket => bucket.Table == table) is Bucket<TRow> found)
        {
            return found;
        }

        var bucket = new Bucket<TRow>(table);
        _inserts.Add(bucket);
        return bucket;
    }

    private abstract class Bucket(object table)
    {
        public object Table => table;

        public abstract IEnumerable<Statement> Statements { get; }

        public abstract void AddTo(WriteEnd end);
    }

    private sealed class Bucket<TRow>(Rows<TRow> table) : Bucket(table)
    {
        public List<TRow> Rows { get; } = [];

        public override IEnumerable<Statement> Statements => table.Insert(Rows);

        public override void AddTo(WriteEnd end) => end.Insert(table, Rows);
    }
}
