using System.Data.Common;
using Provisioning.Storage;

namespace Provisioning.Tests;

/// <summary>What every engine does alike, on a real database of each.</summary>
public sealed class EngineTests
{
    private static readonly DateTimeOffset Noon = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).AddTicks(1_234_560);

    private static readonly OnEngines<Rows<Item>> Items = new(dialect => new(dialect, "items", ColumnsOn(dialect)));

    public static IEnumerable<TheoryDataRow<string>> Engines => Engine.All.Select(engine => engine.Provider.ToString())
        .Select(name => new TheoryDataRow<string>(name) { Skip = WhyNot(name) });

    [Theory, MemberData(nameof(Engines))]
    public async Task texts_given_as_one_parameter_are_a_table(string engine)
    {
        await using var database = await Database.MakeAsync(engine);

        Assert.Equal(["a", "b \"c\"", "é"], await database.TextsAsync(
            $"SELECT value FROM {database.Dialect.Texts("$1")} x ORDER BY value", database.Dialect.TextsOf(["é", "a", "b \"c\""])));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task a_row_is_found_by_any_of_several_texts(string engine)
    {
        await using var database = await FilledAsync(engine, new("1", Noon), new("2", Noon), new("3", null));

        Assert.Equal(["1", "3"], await database.TextsAsync(
            $"SELECT id FROM items WHERE {database.Dialect.In("id", "$1")} ORDER BY id", database.Dialect.TextsOf(["3", "1", "4"])));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task pairs_given_as_parameters_stay_together(string engine)
    {
        await using var database = await Database.MakeAsync(engine);
        var (table, parameters) = database.Dialect.Pairs([("g", "1"), ("h", "1"), ("g", "2")], first: 2);

        Assert.Equal(["g1 x", "g2 x", "h1 x"], await database.TextsAsync(
            $"SELECT p.a || p.b || $1 FROM {table} p ORDER BY 1", [" x", .. parameters]));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task moments_come_back_to_the_microsecond_and_none_is_null(string engine)
    {
        await using var database = await FilledAsync(engine, new("1", Noon), new("2", null));

        Assert.Equal([Noon, null], await database.ReadAsync("SELECT at FROM items ORDER BY id", row => row.TimeOrNull(0)));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task rows_are_found_by_a_moment(string engine)
    {
        await using var database = await FilledAsync(engine, new("1", Noon), new("2", Noon.AddMicroseconds(1)));

        Assert.Equal(["2"], await database.TextsAsync("SELECT id FROM items WHERE at > $1", database.Dialect.Time(Noon)));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task a_later_moment_is_now_or_just_behind_the_one_before(string engine)
    {
        await using var database = await FilledAsync(engine, new("1", Noon), new("2", Noon.AddHours(2)));
        var now = Noon.AddHours(1);

        Assert.Equal([now, Noon.AddHours(2).AddMilliseconds(1)], await database.ReadAsync(
            $"SELECT {database.Dialect.After("at", "$1")} FROM items ORDER BY id", row => row.Time(0), database.Dialect.Time(now)));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task moments_are_counted_in_whole_spans(string engine)
    {
        await using var database = await FilledAsync(
            engine, new("1", Noon), new("2", Noon.AddMinutes(1).AddMicroseconds(-1)), new("3", Noon.AddMinutes(61)));

        Assert.Equal([0, 0, 61], await database.ReadAsync(
            $"SELECT {database.Dialect.SpansSince("at", "$1", "$2")} FROM items ORDER BY id", row => row.GetInt32(0),
            database.Dialect.Time(Noon), database.Dialect.Length(TimeSpan.FromMinutes(1))));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task the_greatest_of_several_values_is_found(string engine)
    {
        await using var database = await Database.MakeAsync(engine);

        Assert.Equal([3], await database.ReadAsync($"SELECT {database.Dialect.Greatest}(1, 3, 2)", row => row.GetInt32(0)));
    }

    [Theory]
    [MemberData(nameof(EachEngine), "ada@x", "da@", "ada", "@x")]
    [MemberData(nameof(EachEngine), "a😀b", "😀", "a😀", "😀b")]
    [MemberData(nameof(EachEngine), "50%_", "%", "50%", "%_")]
    public async Task texts_are_found_by_their_middle_start_and_end(string engine, string text, string part, string start, string end)
    {
        await using var database = await Database.MakeAsync(engine);

        Assert.True(await HoldsAsync(database, text, (dialect, actual, parameter) => dialect.Contains(actual, part, parameter)));
        Assert.True(await HoldsAsync(database, text, (dialect, actual, parameter) => dialect.StartsWith(actual, start, parameter)));
        Assert.True(await HoldsAsync(database, text, (dialect, actual, parameter) => dialect.EndsWith(actual, end, parameter)));
        Assert.False(await HoldsAsync(database, text, (dialect, actual, parameter) => dialect.Contains(actual, part + "!", parameter)));
        Assert.False(await HoldsAsync(database, text, (dialect, actual, parameter) => dialect.StartsWith(actual, end, parameter)));
        Assert.False(await HoldsAsync(database, text, (dialect, actual, parameter) => dialect.EndsWith(actual, start, parameter)));
        Assert.False(await HoldsAsync(database, text, (dialect, actual, parameter) => dialect.EndsWith(actual, "long" + text, parameter)));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task texts_are_compared_and_ordered_by_their_bytes(string engine)
    {
        await using var database = await FilledAsync(engine, new("Z", Noon), new("a", Noon), new("é", Noon), new("𝒵", Noon));

        Assert.Equal(["Z", "a", "é", "𝒵"], await database.TextsAsync(
            $"SELECT id FROM items ORDER BY {database.Dialect.ByBytes("id")}"));
        Assert.Equal(["Z", "a", "é", "𝒵"], await database.TextsAsync($"SELECT id FROM items ORDER BY {database.Dialect.Cut("id", 9)}"));
        Assert.Equal(["é", "𝒵"], await database.TextsAsync(
            $"SELECT id FROM items WHERE {database.Dialect.ByBytes("id")} > $1 ORDER BY {database.Dialect.ByBytes("id")}", "z"));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task a_text_is_cut_by_characters(string engine)
    {
        await using var database = await FilledAsync(engine, new Item("a😀b", Noon));

        Assert.Equal(["a😀"], await database.TextsAsync($"SELECT {database.Dialect.Cut("id", 2)} FROM items"));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task moments_as_texts_order_as_they_do(string engine)
    {
        await using var database = await FilledAsync(
            engine, new("1", Noon), new("2", Noon.AddYears(-40)), new("3", Noon.AddMicroseconds(1)), new("4", Noon.AddYears(10)));

        Assert.Equal(["2", "1", "3", "4"], await database.TextsAsync(
            $"SELECT id FROM items ORDER BY {database.Dialect.TimeAsText("at")}"));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task rows_are_gathered_in_json(string engine)
    {
        await using var database = await FilledAsync(engine, new Item("1", Noon));

        Assert.Equal("""{"1":"x"}""", (await GatheredAsync(database.Dialect.JsonObject("id", "'x'"))).Replace(" ", ""));
        Assert.Equal("""[["1","x"]]""", (await GatheredAsync(database.Dialect.JsonLists("id, 'x'"))).Replace(" ", ""));

        async Task<string> GatheredAsync(string expression) =>
            (await database.TextsAsync($"SELECT {expression} FROM items")).Single()!;
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task a_member_of_an_object_kept_as_text_is_found_by_its_name(string engine)
    {
        await using var database = await FilledAsync(engine, new Item("""{"con_1":"00u1"}""", Noon));
        var sql = $"SELECT {database.Dialect.JsonMember("id", database.Dialect.Typed("$1", "text"))} FROM items";

        Assert.Equal(["00u1"], await database.TextsAsync(sql, "con_1"));
        Assert.Equal([null], await database.TextsAsync(sql, "con_2"));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task what_a_document_holds_is_found_by_its_path(string engine)
    {
        await using var database = await DocumentAsync(engine, """{"name":{"given.name":"Ada"},"strict":true}""");
        var dialect = database.Dialect;

        Assert.Equal(["Ada"], await database.TextsAsync($"SELECT {dialect.JsonAt("d", ["name", "given.name"], false)} FROM documents"));
        Assert.Equal([null], await database.TextsAsync($"SELECT {dialect.JsonAt("d", ["name", "none"], false)} FROM documents"));
        Assert.Equal([1], await database.ReadAsync(
            $"SELECT 1 FROM documents WHERE {dialect.JsonAt("d", ["strict"], true)} = TRUE", row => row.GetInt32(0)));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task the_values_of_a_documents_list_are_rows_in_their_order(string engine)
    {
        await using var database = await DocumentAsync(
            engine, """{"emails":[{"value":"b@x","primary":true},{"value":"a@x","primary":false}]}""");
        var dialect = database.Dialect;
        var items = $"FROM documents, {dialect.JsonItems("d", "emails")}";

        Assert.Equal(["b@x", "a@x"], await database.TextsAsync(
            $"SELECT {dialect.JsonPart("value", false)} {items} ORDER BY {dialect.JsonPlace}"));
        Assert.Equal(["b@x"], await database.TextsAsync(
            $"SELECT {dialect.JsonPart("value", false)} {items} WHERE {dialect.JsonPart("primary", true)} = TRUE"));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task rows_are_changed_and_deleted_by_their_keys_one_or_many(string engine)
    {
        await using var database = await FilledAsync(engine, new("1", Noon), new("2", Noon), new("3", Noon), new("4", Noon));
        var (dialect, columns) = (database.Dialect, ColumnsOn(database.Dialect));
        var update = RowEdits<Item>.Update(dialect, "items", columns[..1], columns[1..]);
        var delete = RowEdits<Item>.Delete(dialect, "items", columns[..1], "items.at IS NOT NULL");

        await database.RunAsync(
            [.. update.StatementsFor([new("1", null), new("2", Noon.AddHours(1))]), .. update.StatementsFor([new("3", null)])]);
        await database.RunAsync([.. delete.StatementsFor([new("1", null), new("2", null)]), .. delete.StatementsFor([new("4", null)])]);

        Assert.Equal([("1", null), ("3", (DateTimeOffset?)null)], await database.ReadAsync(
            "SELECT id, at FROM items ORDER BY id", row => (row.GetString(0), row.TimeOrNull(1))));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task a_row_that_is_there_already_is_what_the_rows_say_of_it(string engine)
    {
        await using var database = await FilledAsync(engine, new("1", Noon), new("2", null));
        var rows = new Rows<Item>(database.Dialect, "items", ColumnsOn(database.Dialect))
        {
            OnConflict = " ON CONFLICT (id) DO UPDATE SET at = excluded.at",
            Order = row => row.Id,
        };

        await database.RunAsync([.. rows.StatementsFor([new("3", Noon), new("2", Noon)])]);

        Assert.Equal([Noon, Noon, Noon], await database.ReadAsync("SELECT at FROM items ORDER BY id", row => row.TimeOrNull(0)));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task who_has_a_lock_has_it_alone_until_the_transaction_ends(string engine)
    {
        await using var database = await Database.MakeAsync(engine);
        if (database.Dialect.HasOneWriter)
        {
            Assert.Empty(database.Dialect.Lock("seats", "com_1"));
            Assert.True(await IsFreeAsync(database, "seats", "com_1"));
            return;
        }

        await using (var first = await database.BeginAsync())
        {
            await first.RunAsync(database.Dialect.Lock("seats", "com_1"));

            Assert.False(await IsFreeAsync(database, "seats", "com_1"));
            Assert.True(await IsFreeAsync(database, "seats", "com_2"));
            Assert.True(await IsFreeAsync(database, "names", "com_1"));
        }

        Assert.True(await IsFreeAsync(database, "seats", "com_1"));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task a_lock_is_shared_and_taken_only_where_there_is_such_a_row(string engine)
    {
        await using var database = await FilledAsync(engine, new Item("1", Noon));
        if (database.Dialect.HasOneWriter)
        {
            Assert.Empty(database.Dialect.LockIf("seats", "com_1", isShared: true, "items WHERE id = $1", "1"));
            return;
        }

        await using var first = await database.BeginAsync();
        await using var second = await database.BeginAsync();
        await first.RunAsync(database.Dialect.LockIf("seats", "com_1", isShared: true, "items WHERE id = $1", "1"));
        await second.RunAsync(database.Dialect.LockIf("seats", "com_1", isShared: true, "items WHERE id = $1", "1"));
        await second.RunAsync(database.Dialect.LockIf("seats", "com_2", isShared: false, "items WHERE id = $1", "2"));

        Assert.False(await IsFreeAsync(database, "seats", "com_1"));
        Assert.True(await IsFreeAsync(database, "seats", "com_2"));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task rows_that_another_writer_has_are_passed_over(string engine)
    {
        await using var database = await FilledAsync(engine, new("1", Noon), new("2", Noon));
        if (database.Dialect.HasOneWriter)
        {
            Assert.Equal("", database.Dialect.ForUpdateIfFree);
            return;
        }

        await using var first = await database.BeginAsync();
        await using var second = await database.BeginAsync();
        await first.RunAsync(Statement.Each($"SELECT id FROM items WHERE id = '1'{database.Dialect.ForUpdate}", _ => { }));
        var free = new List<string>();
        await second.RunAsync(Statement.Each(
            $"SELECT id FROM items ORDER BY id{database.Dialect.ForUpdateIfFree}", row => free.Add(row.GetString(0))));

        Assert.Equal(["2"], free);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task a_row_that_a_later_transaction_wrote_is_overtaken(string engine)
    {
        await using var database = await FilledAsync(engine, new("1", Noon), new("2", Noon));
        if (database.Dialect.HasOneWriter)
        {
            Assert.Equal("FALSE", database.Dialect.IsOvertaken("i"));
            return;
        }

        await using var early = await database.BeginAsync();
        await early.RunAsync(new Statement("UPDATE items SET at = NULL WHERE id = '2'"));
        await database.RunAsync(new Statement("UPDATE items SET at = NULL WHERE id = '1'"));
        var overtaken = new List<string>();
        await early.RunAsync(Statement.Each(
            $"SELECT id FROM items i WHERE {database.Dialect.IsOvertaken("i")}", row => overtaken.Add(row.GetString(0))));

        Assert.Equal(["1"], overtaken);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task the_oldest_open_transaction_is_not_behind_the_next(string engine)
    {
        await using var database = await FilledAsync(engine, new Item("1", Noon));
        await using var open = await database.BeginAsync();
        await open.RunAsync(new Statement("UPDATE items SET at = NULL"));
        var seen = new List<bool>();

        await database.RunAsync([.. database.Dialect.OpenTransactions((oldest, next) => seen.Add(oldest <= next))]);

        Assert.Equal(database.Dialect.HasOneWriter ? [] : [true], seen);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task a_histories_name_stays_the_same(string engine)
    {
        await using var database = await Database.MakeAsync(engine);
        var names = new List<string>();
        await database.RunAsync(database.Dialect.History(names.Add), database.Dialect.History(names.Add));

        Assert.Equal(names[0], names[1]);
        Assert.NotEmpty(names[0]);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task a_transaction_that_commits_with_its_statements_is_done(string engine)
    {
        await using var database = await FilledAsync(engine);
        if (database.Dialect.Commit is not { } commit)
        {
            Assert.True(database.Dialect.HasOneWriter);
            return;
        }

        await using var work = await database.BeginAsync();
        await work.RunAsync([.. Items.On(database.Dialect).StatementsFor([new("1", Noon)]), commit]);

        Assert.Equal(["1"], await database.TextsAsync("SELECT id FROM items"));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task what_fails_keeps_the_statements_behind_it_from_running(string engine)
    {
        await using var database = await FilledAsync(engine, new Item("1", Noon));
        await using (var work = await database.BeginAsync())
        {
            await Assert.ThrowsAnyAsync<DbException>(() => work.RunAsync(
                new Statement("INSERT INTO items (id) VALUES ('1')"), new Statement("INSERT INTO items (id) VALUES ('2')"),
                database.Dialect.Commit ?? new("SELECT 1")));
        }

        Assert.Equal(["1"], await database.TextsAsync("SELECT id FROM items"));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task plans_are_kept_and_rows_forgotten_without_a_trace(string engine)
    {
        await using var database = await FilledAsync(engine, new Item("1", Noon));
        var found = new List<string>();
        await using (var work = await database.BeginAsync())
        {
            await work.RunAsync(
            [
                .. database.Dialect.KeepPlans(),
                Statement.One($"SELECT id{database.Dialect.KeepPlansBeside(TimeSpan.FromMilliseconds(100))} FROM items",
                    row => found.Add(row.GetString(0))),
            ]);
        }

        await database.RunAsync([.. database.Dialect.Forget("items")]);

        Assert.Equal(["1"], found);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task a_duplicate_names_the_table(string engine)
    {
        await using var database = await FilledAsync(engine, new Item("1", Noon));
        var failure = await Assert.ThrowsAnyAsync<DbException>(
            () => database.RunAsync(new Statement("INSERT INTO items (id) VALUES ('1')")));

        Assert.Contains("items", StorageErrors.Duplicate(new InvalidOperationException("around it", failure)), StringComparison.Ordinal);
        Assert.False(StorageErrors.IsLostRace(failure));
        Assert.False(StorageErrors.IsOutcomeUnknown(failure));
        Assert.True(StorageErrors.IsUnavailable(failure));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task a_row_that_refers_to_one_that_went_has_lost_a_race(string engine)
    {
        await using var database = await FilledAsync(engine);
        await database.RunAsync(new Statement("CREATE TABLE parts (item text REFERENCES items (id))"));
        var failure = await Assert.ThrowsAnyAsync<DbException>(
            () => database.RunAsync(new Statement("INSERT INTO parts VALUES ('gone')")));

        Assert.True(StorageErrors.IsLostRace(failure));
        Assert.Null(StorageErrors.Duplicate(failure));
    }

    public static IEnumerable<ITheoryDataRow> EachEngine(string text, string part, string start, string end) =>
        Engine.All.Select(engine => engine.Provider.ToString()).Select(name =>
            new TheoryDataRow<string, string, string, string, string>(name, text, part, start, end) { Skip = WhyNot(name) });

    private static string? WhyNot(string engine) =>
        engine == "Sqlite" || Database.Postgres is not null ? null : "There is no PostgreSQL here: run ./test.sh.";

    private static Column<Item>[] ColumnsOn(Dialect dialect) =>
        [new("id", "text", row => row.Id), new("at", "timestamptz", row => dialect.TimeOrNull(row.At))];

    private static async Task<Database> FilledAsync(string engine, params Item[] items)
    {
        var database = await Database.MakeAsync(
            engine, "items (id text PRIMARY KEY, at timestamptz)");
        await database.RunAsync([.. Items.On(database.Dialect).StatementsFor(items)]);
        return database;
    }

    private static async Task<Database> DocumentAsync(string engine, string json)
    {
        var database = await Database.MakeAsync(engine, "documents (d jsonb)");
        await database.RunAsync(new Statement($"INSERT INTO documents VALUES ({database.Dialect.Typed("$1", "jsonb")})", json));
        return database;
    }

    private static async Task<bool> IsFreeAsync(Database database, string what, string company)
    {
        var isFree = false;
        await using var work = await database.BeginAsync();
        await work.RunAsync(database.Dialect.TryLock(what, company, taken => isFree = taken));
        return isFree;
    }

    private static async Task<bool> HoldsAsync(
        Database database, string text, Func<Dialect, string, Func<object, string>, string> condition)
    {
        var parameters = new List<object?> { text };
        var sql = condition(database.Dialect, database.Dialect.Typed("$1", "text"), value =>
        {
            parameters.Add(value);
            return $"${parameters.Count}";
        });
        return (await database.ReadAsync($"SELECT 1 WHERE {sql}", row => row.GetInt32(0), [.. parameters])).Count == 1;
    }

    private sealed record Item(string Id, DateTimeOffset? At);
}
