using System.Data;

namespace Provisioning.Storage;

/// <summary>
/// What engines write differently in statements. Whoever needs a difference asks for it here, and never which engine it is. Statements
/// have parameters $1, $2 and so on, on each.
/// </summary>
internal abstract class Dialect
{
    /// <summary>Whether one transaction writes at a time, so that writers need no locks, and wait for each other instead.</summary>
    public abstract bool HasOneWriter { get; }

    /// <summary>Whether one statement takes many rows, as an array for each column; otherwise each row is a statement.</summary>
    public abstract bool TakesArrays { get; }

    // Parameters and tables of them.

    /// <summary>Texts as a parameter.</summary>
    public abstract object TextsOf(IEnumerable<string> texts);

    /// <summary>A table of the texts that <see cref="TextsOf"/> gives, with the one column `value`.</summary>
    public abstract string Texts(string parameter);

    /// <summary>The condition that a column has one of the texts that <see cref="TextsOf"/> gives.</summary>
    public abstract string In(string column, string parameter);

    /// <summary>A table of pairs of texts, with the columns `a` and `b`, and the parameters that hold them.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="first">The number of the first of these parameters.</param>
    public abstract (string Table, object?[] Parameters) Pairs(IReadOnlyCollection<(string A, string B)> pairs, int first);

    /// <summary>A moment as a parameter.</summary>
    public abstract object Time(DateTimeOffset time);

    /// <summary>A moment, or SQL's null of that type, as a parameter.</summary>
    public object TimeOrNull(DateTimeOffset? time) => time is { } at ? Time(at) : NoTime.Value;

    /// <summary>A length of time as a parameter of <see cref="SpansSince"/>.</summary>
    public abstract object Length(TimeSpan length);

    /// <summary>A parameter of a column's type, where its value alone does not say it.</summary>
    public abstract string Typed(string parameter, string type);

    // Expressions.

    /// <summary>The function that gives the greatest of its arguments.</summary>
    public abstract string Greatest { get; }

    /// <summary>A moment that is now, and later than a column's.</summary>
    public abstract string After(string column, string now);

    /// <summary>How many whole lengths lie between two moments.</summary>
    public abstract string SpansSince(string time, string start, string length);

    /// <summary>Whether a text contains another.</summary>
    /// <param name="text">An expression.</param>
    /// <param name="part">What it shall contain.</param>
    /// <param name="parameter">Makes a parameter of a value.</param>
    public abstract string Contains(string text, string part, Func<object, string> parameter);

    /// <summary>Whether a text starts with another. Parameters as for <see cref="Contains"/>.</summary>
    public abstract string StartsWith(string text, string start, Func<object, string> parameter);

    /// <summary>Whether a text ends with another. Parameters as for <see cref="Contains"/>.</summary>
    public abstract string EndsWith(string text, string end, Func<object, string> parameter);

    /// <summary>A text that is compared byte by byte.</summary>
    public abstract string ByBytes(string text);

    /// <summary>The first characters of a text, compared byte by byte.</summary>
    public abstract string Cut(string text, int length);

    /// <summary>A moment as a text; texts order as the moments do.</summary>
    public abstract string TimeAsText(string time);

    // JSON.

    /// <summary>Gathers rows in a JSON object, as a text.</summary>
    public abstract string JsonObject(string name, string value);

    /// <summary>Gathers rows in a JSON list of lists, as a text.</summary>
    /// <param name="values">The values of each, separated by commas.</param>
    public abstract string JsonLists(string values);

    /// <summary>A member of an object that is kept as a text.</summary>
    public abstract string JsonMember(string text, string name);

    /// <summary>What an indexed document holds at a path, as a text or truth value; SQL's null for nothing.</summary>
    public abstract string JsonAt(string document, IEnumerable<string> path, bool isBoolean);

    /// <summary>The values of a list in an indexed document, each a row `v`.</summary>
    public abstract string JsonItems(string document, string list);

    /// <summary>A part of a value of <see cref="JsonItems"/>.</summary>
    public abstract string JsonPart(string part, bool isBoolean);

    /// <summary>The place of a value of <see cref="JsonItems"/> in its list.</summary>
    public abstract string JsonPlace { get; }

    // Locks and transactions.

    /// <summary>Behind a SELECT: locks its rows against other writers until the transaction ends.</summary>
    public abstract string ForUpdate { get; }

    /// <summary>The same for those rows that no other writer has; the others are passed over.</summary>
    public abstract string ForUpdateIfFree { get; }

    /// <summary>Locks rows so that nobody refers to them any more, to delete them.</summary>
    /// <param name="rows">The table and the condition.</param>
    /// <param name="parameters">The condition's parameters.</param>
    public abstract IEnumerable<Statement> LockToDelete(string rows, params object?[] parameters);

    /// <summary>Takes a lock of a company that lasts as long as the transaction.</summary>
    public abstract IEnumerable<Statement> Lock(string what, string company);

    /// <summary>The same, alone or together with others who share it, if there is such a row.</summary>
    /// <param name="what">What is locked.</param>
    /// <param name="company">The company.</param>
    /// <param name="isShared">Whether others may share it.</param>
    /// <param name="rows">The table and the condition.</param>
    /// <param name="parameters">The condition's parameters.</param>
    public abstract IEnumerable<Statement> LockIf(string what, string company, bool isShared, string rows, params object?[] parameters);

    /// <summary>Takes such a lock if nobody has it, and tells whether.</summary>
    public abstract IEnumerable<Statement> TryLock(string what, string company, Action<bool> taken);

    /// <summary>Keeps other writers from a table until the transaction ends.</summary>
    public abstract IEnumerable<Statement> LockTable(string table);

    /// <summary>
    /// Whether a row was last written by a transaction with a later number than this one's, which the feed would tell of first: asked
    /// behind the lock.
    /// </summary>
    /// <param name="alias">The row's alias.</param>
    public abstract string IsOvertaken(string alias);

    /// <summary>The oldest transaction that is open, and the next that will begin; nothing where transactions have no numbers.</summary>
    public abstract IEnumerable<Statement> OpenTransactions(Action<long, long> found);

    /// <summary>
    /// What tells one history of transaction numbers from another, as the one row of a query; a constant where they have no numbers.
    /// </summary>
    public abstract Statement History(Action<string> found);

    /// <summary>
    /// Lets the engine keep its plans, in this transaction or round trip: rows are looked up by indexes, whatever the keys are, and a
    /// plan made anew for each array or moment takes longer than to run it.
    /// </summary>
    public abstract IEnumerable<Statement> KeepPlans();

    /// <summary>
    /// The same as columns to select behind others by a transaction's first statement, which spares one; and, where a patience is
    /// given, that no statement waits for a lock for longer.
    /// </summary>
    public abstract string KeepPlansBeside(TimeSpan? patience);

    /// <summary>Ends a transaction as the last statement of a round trip; null where the connection has to do it.</summary>
    public abstract Statement? Commit { get; }

    /// <summary>A transaction that sees one state of the database throughout.</summary>
    public abstract IsolationLevel OneState { get; }

    /// <summary>
    /// Forgets the rows of a table that are gone, which readers pass over until then. To be run outside a transaction; it waits for
    /// nobody, and nobody for it.
    /// </summary>
    public abstract IEnumerable<Statement> Forget(string table);

    /// <summary>How many characters a text has, as engines count them.</summary>
    protected static int CodePoints(string text) => text.EnumerateRunes().Count();
}
