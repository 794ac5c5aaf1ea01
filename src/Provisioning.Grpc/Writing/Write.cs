using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Grpc.Core;
using Provisioning.Access;
using Provisioning.Changes;
using Provisioning.Contract;
using Provisioning.Storage;
using Provisioning.V1;

namespace Provisioning.Writing;

/// <summary>
/// One write under way, alone or together with others in one transaction: what it leaves to the transaction's end. It has no way to the
/// database, so that what it does cannot hold up the others; <see cref="OwnWrite"/> has one.
/// </summary>
internal class Write(Dialect dialect, Caller caller, WrittenCompany? company, DateTimeOffset now, string method)
{
    private const int SecondsOfRepeats = 3600;

    private readonly List<ChangeRow> _changes = [];
    private readonly List<(string Key, Func<RpcException> Refusal)> _duplicates = [];
    private readonly List<LogDifference> _noted = [];
    private readonly List<LogRow> _entries = [];
    private int _told;

    /// <summary>The same write with the transaction to itself.</summary>
    /// <exception cref="WriteNeedsItsOwn">Others are in the transaction: it starts over without them.</exception>
    public virtual OwnWrite Own() => throw new WriteNeedsItsOwn();

    public Dialect Dialect => dialect;
    public Caller Caller => caller;
    public DateTimeOffset Now => now;

    /// <summary>The company written in, as it was when the write began.</summary>
    public WrittenCompany Company => company ?? throw Failures.CompanyRequired();

    public string CompanyId => Company.Id;

    /// <summary>The seats that it may take; null where none were counted.</summary>
    public ISeats? Seats { get; init; }

    /// <summary>What is left to the write's end.</summary>
    public WriteEnd End { get; } = new();

    /// <summary>Leaves an update or a removal of a row to the end of the write, before any are inserted.</summary>
    public void Edit<TRow>(RowEdits<TRow> edits, TRow row) => End.Edit(edits, row);

    /// <summary>Leaves a new row to the end of the write, where each table's go in together.</summary>
    public void Insert<TRow>(Rows<TRow> table, TRow row) => End.Insert(table, row);

    /// <summary>Takes new rows back that are left to the end of the write.</summary>
    public void Withdraw<TRow>(Rows<TRow> table, Predicate<TRow> condition) => End.Withdraw(table, condition);

    /// <summary>Leaves a statement to the very end of the write. Taking its rows must not fail: by then the write is done.</summary>
    public void Finally(Statement statement) => End.After(statement);

    public string NewId(string kind) => ResourceIds.New(kind, now);

    /// <summary>Says what a duplicate means, by a part of the unique index's name.</summary>
    public void OnDuplicate(string index, Func<RpcException> refusal) => _duplicates.Add((index, refusal));

    public RpcException? RefusalOf(string duplicate) =>
        _duplicates.FirstOrDefault(each => duplicate.Contains(each.Key, StringComparison.OrdinalIgnoreCase)).Refusal?.Invoke();

    /// <summary>Adds a change to a company's feed.</summary>
    public void Change(string companyId, Change.Types.Kind kind, string resourceId, long version, params IEnumerable<string> fields) =>
        _changes.Add(new()
        {
            CompanyId = companyId,
            Kind = kind,
            ResourceId = resourceId,
            Version = version,
            Fields = string.Join('\n', fields),
            Time = now,
        });

    /// <summary>Adds to what the log entry tells beside the resource's own differences; before <see cref="Log"/>.</summary>
    public void Note(LogDifference difference) => _noted.Add(difference);

    /// <summary>Says what the log shall tell of the changes since it was last told: once for each thing that was asked.</summary>
    public void Log(
        LogEntry.Types.Outcome outcome, string resourceId, string resourceName,
        IReadOnlyCollection<Warning>? warnings = null, IReadOnlyList<LogDifference>? differences = null, string? companyId = null)
    {
        var unknown = warnings?.FirstOrDefault(warning => warning.Code == Warning.Types.Code.UnknownAttributes);
        _entries.Add(new()
        {
            CompanyId = companyId ?? CompanyId,
            Id = NewId(ResourceIds.LogEntry),
            Time = now,
            LastTime = now,
            Count = 1,
            ActorKind = caller.Kind,
            ActorTokenId = caller.TokenId,
            ActorName = caller.Name,
            ActorConnectionId = caller.ConnectionId,
            Method = method,
            Outcome = outcome,
            ResourceId = resourceId,
            Subject = "",
            Kinds = string.Join(' ', _changes.Skip(_told).Select(change => (int)change.Kind).Distinct()),
            Warnings = string.Join(' ', (warnings ?? []).Select(warning => (int)warning.Code)),
            Personal = JsonSerializer.Serialize(
                new(resourceName, "", _noted.Count == 0 && differences is not null ? differences : [.. differences ?? [], .. _noted],
                unknown is null ? null : new(unknown.Attributes, unknown.AttributeCount)), LogJson.Default.LogPersonal),
            RepeatKey = outcome == LogEntry.Types.Outcome.Unchanged && unknown is null
                ? RepeatKeyOf(caller, method, outcome, resourceId, "", now) : null,
        });
        _told = _changes.Count;
        _noted.Clear();
    }

    /// <summary>Leaves changes and log entries to the end of the write.</summary>
    public void Finish()
    {
        End.Insert(ChangeRows.Rows.On(dialect), _changes);
        End.Insert(LogRows.Rows.On(dialect), _entries.Where(entry => entry.RepeatKey is null));
        foreach (var statement in LogRows.Repeated.On(dialect).StatementsFor([.. _entries.Where(entry => entry.RepeatKey is not null)]))
        {
            End.After(statement);
        }
    }

    /// <summary>Equal for entries that are the same thing asked again within an hour of the clock.</summary>
    public static string RepeatKeyOf(
        Caller caller, string method, LogEntry.Types.Outcome outcome, string resourceId, string detail, DateTimeOffset now) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            string.Join('\n', caller.TokenId, method, outcome, resourceId, detail, now.ToUnixTimeSeconds() / SecondsOfRepeats)))
                .AsSpan(0, 16));
}
