using System.Data;
using System.Globalization;
using System.Text.Json;

namespace Provisioning.Storage;

/// <summary>Statements for SQLite. It has one writer at a time, so that locks are nothing.</summary>
internal sealed class SqliteDialect : Dialect
{
    public override bool HasOneWriter => true;

    public override bool TakesArrays => false;

    public override object TextsOf(IEnumerable<string> texts) => JsonSerializer.Serialize(texts);

    public override string Texts(string parameter) => $"(SELECT value FROM json_each({parameter}))";

    public override string In(string column, string parameter) => $"{column} IN {Texts(parameter)}";

    public override (string Table, object?[] Parameters) Pairs(IReadOnlyCollection<(string A, string B)> pairs, int first) => (
        string.Create(CultureInfo.InvariantCulture, $"(SELECT value ->> 0 AS a, value ->> 1 AS b FROM json_each(${first}))"),
        [JsonSerializer.Serialize(pairs.Select(pair => (string[])[pair.A, pair.B]))]);

    public override object Time(DateTimeOffset time) => Microseconds.Of(time);

    public override object Length(TimeSpan length) => (long)length.TotalMicroseconds;

    public override string Typed(string parameter, string type) => parameter;

    public override string Greatest => "MAX";

    public override string After(string column, string now) => $"MAX({now}, {column} + 1000)";

    public override string SpansSince(string time, string start, string length) => $"({time} - {start}) / {length}";

    public override string Contains(string text, string part, Func<object, string> parameter) =>
        $"instr({text}, {parameter(part)}) > 0";

    public override string StartsWith(string text, string start, Func<object, string> parameter) =>
        $"substr({text}, 1, {parameter(CodePoints(start))}) = {parameter(start)}";

    public override string EndsWith(string text, string end, Func<object, string> parameter) =>
        $"(length({text}) >= {parameter(CodePoints(end))} AND substr({text}, {parameter(-CodePoints(end))}) = {parameter(end)})";

    public override string ByBytes(string text) => text;

    public override string Cut(string text, int length) => string.Create(CultureInfo.InvariantCulture, $"substr({text}, 1, {length})");

    public override string TimeAsText(string time) => $"printf('%020d', {time})";

    public override string JsonObject(string name, string value) => $"json_group_object({name}, {value})";

    public override string JsonLists(string values) => $"json_group_array(json_array({values}))";

    public override string JsonMember(string text, string name) => $"({text} ->> {name})";

    public override string JsonAt(string document, IEnumerable<string> path, bool isBoolean) =>
        $"json_extract({document}, '${string.Concat(path.Select(step => $".\"{step}\""))}')";

    public override string JsonItems(string document, string list) => $"json_each({document}, '$.{list}') v";

    public override string JsonPart(string part, bool isBoolean) => $"json_extract(v.value, '$.\"{part}\"')";

    public override string JsonPlace => "v.key";

    public override string ForUpdate => "";

    public override string ForUpdateIfFree => "";

    public override IEnumerable<Statement> LockToDelete(string rows, params object?[] parameters) => [];

    public override IEnumerable<Statement> Lock(string what, string company) => [];

    public override IEnumerable<Statement> LockIf(
        string what, string company, bool isShared, string rows, params object?[] parameters) => [];

    public override IEnumerable<Statement> TryLock(string what, string company, Action<bool> taken)
    {
        taken(true);
        return [];
    }

    public override IEnumerable<Statement> LockTable(string table) => [];

    public override string IsOvertaken(string alias) => "FALSE";

    public override IEnumerable<Statement> OpenTransactions(Action<long, long> found) => [];

    public override Statement History(Action<string> found) => Statement.One("SELECT 'sqlite'", row => found(row.GetString(0)));

    public override IEnumerable<Statement> KeepPlans() => [];

    public override string KeepPlansBeside(TimeSpan? patience) => "";

    public override Statement? Commit => null;

    public override IsolationLevel OneState => IsolationLevel.Serializable;

    public override IEnumerable<Statement> Forget(string table) => [];
}
