using System.Buffers.Binary;
using System.Data;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Provisioning.Storage;

/// <summary>Statements for PostgreSQL.</summary>
internal sealed class PostgresDialect : Dialect
{
    /// <summary>
    /// A plan that is kept must suit tables that have grown since, or have many rows that are gone, so none reads a table whole.
    /// </summary>
    private const string KeptPlans = "set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true)";

    public override bool HasOneWriter => false;

    public override bool TakesArrays => true;

    public override object TextsOf(IEnumerable<string> texts) => texts.ToArray();

    /// <inheritdoc/>
    /// <remarks>
    /// An array is planned for a few texts, each of which is looked up by index, whatever the tables were like when the plan was made.
    /// </remarks>
    public override string Texts(string parameter) => $"(SELECT unnest({parameter}::text[]) COLLATE \"C\" AS value)";

    public override string In(string column, string parameter) => $"{column} = ANY({parameter}::text[])";

    public override (string Table, object?[] Parameters) Pairs(IReadOnlyCollection<(string A, string B)> pairs, int first) => (
        string.Create(CultureInfo.InvariantCulture,
            $"(SELECT p.a COLLATE \"C\" AS a, p.b COLLATE \"C\" AS b FROM unnest(${first}::text[], ${first + 1}::text[]) p (a, b))"),
        [pairs.Select(pair => pair.A).ToArray(), pairs.Select(pair => pair.B).ToArray()]);

    public override object Time(DateTimeOffset time) => time.ToUniversalTime();

    public override object Length(TimeSpan length) => length.TotalSeconds;

    public override string Typed(string parameter, string type) => $"{parameter}::{type}";

    public override string Greatest => "GREATEST";

    public override string After(string column, string now) => $"GREATEST({now}, {column} + interval '1 millisecond')";

    public override string SpansSince(string time, string start, string length) =>
        $"floor(extract(epoch from ({time} - {start})) / {length})::int";

    public override string Contains(string text, string part, Func<object, string> parameter) =>
        $"strpos({text}, {parameter(part)}) > 0";

    public override string StartsWith(string text, string start, Func<object, string> parameter) =>
        $"starts_with({text}, {parameter(start)})";

    public override string EndsWith(string text, string end, Func<object, string> parameter) =>
        $"right({text}, {parameter(CodePoints(end))}) = {parameter(end)}";

    public override string ByBytes(string text) => $"({text} COLLATE \"C\")";

    public override string Cut(string text, int length) =>
        string.Create(CultureInfo.InvariantCulture, $"left({text}, {length}) COLLATE \"C\"");

    public override string TimeAsText(string time) => $"to_char({time} AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS') COLLATE \"C\"";

    public override string JsonObject(string name, string value) => $"json_object_agg({name}, {value})::text";

    public override string JsonLists(string values) => $"json_agg(json_build_array({values}))::text";

    public override string JsonMember(string text, string name) => $"({text}::jsonb ->> {name})";

    public override string JsonAt(string document, IEnumerable<string> path, bool isBoolean) => Boolean(
        $"jsonb_extract_path_text({document}, {string.Join(", ", path.Select(step => $"'{step}'"))})", isBoolean);

    public override string JsonItems(string document, string list) =>
        $"jsonb_array_elements({document} -> '{list}') WITH ORDINALITY AS v(item, n)";

    public override string JsonPart(string part, bool isBoolean) => Boolean($"(v.item ->> '{part}')", isBoolean);

    public override string JsonPlace => "v.n";

    public override string ForUpdate => " FOR NO KEY UPDATE";

    public override string ForUpdateIfFree => " FOR NO KEY UPDATE SKIP LOCKED";

    public override IEnumerable<Statement> LockToDelete(string rows, params object?[] parameters) =>
        [Statement.Each($"SELECT 1 FROM {rows} FOR UPDATE", _ => { }, parameters)];

    public override IEnumerable<Statement> Lock(string what, string company) =>
        [Statement.One("SELECT pg_advisory_xact_lock($1)", _ => { }, KeyOf(what, company))];

    public override IEnumerable<Statement> LockIf(
        string what, string company, bool isShared, string rows, params object?[] parameters) =>
        [Statement.One(
            string.Create(CultureInfo.InvariantCulture,
                $"SELECT pg_advisory_xact_lock{(isShared ? "_shared" : "")}(${parameters.Length + 1}) FROM {rows}"),
            _ => { }, [.. parameters, KeyOf(what, company)])];

    public override IEnumerable<Statement> TryLock(string what, string company, Action<bool> taken) =>
        [Statement.One("SELECT pg_try_advisory_xact_lock($1)", row => taken(row.GetBoolean(0)), KeyOf(what, company))];

    public override IEnumerable<Statement> LockTable(string table) => [new($"LOCK TABLE {table} IN EXCLUSIVE MODE")];

    /// <inheritdoc/>
    /// <remarks>
    /// PostgreSQL takes a transaction's number with its first lock or while it still waits for it, and others may write meanwhile. Rows
    /// keep 32 bits of a number for ever, so that a later one is known by being at most as far ahead as any is yet.
    /// </remarks>
    public override string IsOvertaken(string alias)
    {
        const string Own = "pg_current_xact_id_if_assigned()::text::bigint", Next = "pg_snapshot_xmax(pg_current_snapshot())::text::bigint",
            All = "4294967296";
        return $"COALESCE(MOD({All} + {alias}.xmin::text::bigint - MOD({Own}, {All}), {All}) BETWEEN 1 AND {Next} - {Own}, FALSE)";
    }

    public override IEnumerable<Statement> OpenTransactions(Action<long, long> found) =>
    [
        Statement.One(
            """
            SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint
            """, row => found(row.GetInt64(0), row.GetInt64(1))),
    ];

    public override Statement History(Action<string> found) => Statement.One(
        """
        SELECT (SELECT system_identifier FROM pg_control_system())::text || '/'
            || (SELECT timeline_id FROM pg_control_checkpoint())::text
        """, row => found(row.GetString(0)));

    public override IEnumerable<Statement> KeepPlans() => [Statement.One($"SELECT {KeptPlans}", _ => { })];

    public override string KeepPlansBeside(TimeSpan? patience) => $", {KeptPlans}" + (patience is { } time
        ? string.Create(CultureInfo.InvariantCulture, $", set_config('lock_timeout', '{time.TotalMilliseconds}', true)") : "");

    public override Statement? Commit { get; } = new("COMMIT");

    public override IsolationLevel OneState => IsolationLevel.RepeatableRead;

    /// <inheritdoc/>
    /// <remarks>PostgreSQL's own cleaning may come a minute later.</remarks>
    public override IEnumerable<Statement> Forget(string table) =>
        [new($"VACUUM (INDEX_CLEANUP ON, TRUNCATE FALSE, SKIP_LOCKED) {table}")];

    private static string Boolean(string text, bool isBoolean) => isBoolean ? $"{text}::boolean" : text;

    /// <summary>The number by which PostgreSQL knows a company's lock.</summary>
    private static long KeyOf(string what, string company) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{what}/{company}")));
}
