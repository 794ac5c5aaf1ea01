using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Changes;
using Provisioning.Companies;
using Provisioning.Contract;
using Provisioning.Log;
using Provisioning.V1;
using Company = Provisioning.Companies.Company;

namespace Provisioning.Storage;

/// <summary>One write under way: its transaction's context, and what it leaves in the feed and the log.</summary>
internal sealed class Write(
    ProvisioningDb db, StorageProvider provider, Caller caller, Company? company, SeatCaution caution, DateTimeOffset now, string method,
    CancellationToken cancellation)
{
    private readonly List<ChangeRow> _changes = [];
    private readonly List<(string Key, RpcException Refusal)> _duplicates = [];
    private readonly List<LogDifference> _noted = [];
    private readonly List<Statement> _last = [];
    private LogRow? _entry;

    public ProvisioningDb Db => db;
    public StorageProvider Provider => provider;
    public Caller Caller => caller;
    public DateTimeOffset Now => now;
    public SeatCaution Caution => caution;
    public CancellationToken Cancellation => cancellation;

    /// <summary>The company written in, as it was when the write began.</summary>
    public Company Company => company ?? throw Failures.CompanyRequired();

    public string CompanyId => Company.Id;

    /// <summary>What is left to run, at the write's end and in one round trip.</summary>
    public IReadOnlyList<Statement> Last => _last;

    /// <summary>Runs statements in the write's transaction, in one round trip.</summary>
    public Task RunAsync(params IReadOnlyList<Statement> statements) => Statements.RunAsync(db, statements, cancellation);

    /// <summary>Leaves a statement to the end of the write. Taking its rows must not fail: by then the write is done.</summary>
    public void Finally(Statement statement) => _last.Add(statement);

    public string NewId(string kind) => ResourceIds.New(kind, now);

    /// <summary>Says what a duplicate means, by a part of the unique index's name.</summary>
    public void OnDuplicate(string index, RpcException refusal) => _duplicates.Add((index, refusal));

    public RpcException? RefusalOf(string duplicate) =>
        _duplicates.FirstOrDefault(each => duplicate.Contains(each.Key, StringComparison.OrdinalIgnoreCase)).Refusal;

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

    /// <summary>Says what the log shall tell: once a write.</summary>
    public void Log(
        LogEntry.Types.Outcome outcome, string resourceId, string resourceName,
        IEnumerable<Warning>? warnings = null, IReadOnlyList<LogDifference>? differences = null, string? companyId = null) =>
        _entry = new()
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
            Kinds = string.Join(' ', _changes.Select(change => (int)change.Kind).Distinct()),
            Warnings = string.Join(' ', (warnings ?? []).Select(warning => (int)warning.Code)),
            Personal = JsonSerializer.Serialize(new LogPersonal(resourceName, "", [.. differences ?? [], .. _noted])),
            RepeatKey = outcome == LogEntry.Types.Outcome.Unchanged ? RepeatKeyOf(caller, method, outcome, resourceId, "") : null,
        };

    /// <summary>Puts changes and log entry into the transaction.</summary>
    public async Task FinishAsync(CancellationToken stop)
    {
        // Rows are inserted in the order of their keys, and positions follow.
        foreach (var (change, id) in _changes.Zip(_changes.Select(_ => NewId(ResourceIds.Change)).Order(StringComparer.Ordinal)))
        {
            change.Id = id;
        }

        if (provider == StorageProvider.Sqlite && _changes.Count > 0)
        {
            var last = await db.Changes.OrderByDescending(row => row.TransactionId).ThenByDescending(row => row.Position)
                .Select(row => row.Position).FirstOrDefaultAsync(stop);
            foreach (var change in _changes)
            {
                change.Position = ++last;
            }
        }

        _last.AddRange(_changes.Select(change => ChangeRows.Insert(provider, change)));
        if (_entry is not null && !await LogRepeats.CountAsync(db, _entry, stop))
        {
            _last.Add(LogRows.Insert(provider, _entry));
        }
    }

    /// <summary>Equal for entries that are the same thing asked again.</summary>
    public static string RepeatKeyOf(Caller caller, string method, LogEntry.Types.Outcome outcome, string resourceId, string detail) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            string.Join('\n', caller.TokenId, method, outcome, resourceId, detail))).AsSpan(0, 16));
}
