using System.Text.Json;
using Grpc.Core;
using Provisioning.Access;
using Provisioning.Changes;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Jobs;
using Provisioning.Storage;
using Provisioning.V1;

namespace Provisioning.Writing;

/// <summary>
/// Tells the company's log what was refused. Refusals are counted in memory and written in the background, those that repeat
/// themselves as one row: no request waits for that, whatever somebody repeats and however often. What a provider asks to find out
/// whether somebody exists is no refusal.
/// </summary>
internal sealed partial class RefusalLog(
    StorageConnections connections, Dialect dialect, WriteTurns turns, ChangeSignal signal, TimeProvider time,
        ILogger<RefusalLog> logger)
    : BackgroundJob(Pause, time, logger)
{
    /// <summary>
    /// How many entries wait at most, while the database does not answer; more are lost, and counted in the service's own log.
    /// </summary>
    private const int MaxPending = 20_000, MaxInStatement = 500, MaxDetail = 2_000, MaxName = 500;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200), Patience = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time = time;
    private readonly ILogger _logger = logger;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Lock _lock = new();
    private Dictionary<(string Company, string Key), Refusal> _pending = [];
    private long _lost;

    /// <summary>Notes a failed call of a known caller.</summary>
    public void Note(RpcException failure, object request, ServerCallContext context)
    {
        var reason = Failures.ReasonOf(failure);
        var method = context.Method[(context.Method.LastIndexOf('/') + 1)..];
        if (Caller.Find(context) is not { CompanyId: not null } caller
            || reason is ErrorReason.Unspecified or ErrorReason.StorageUnavailable
            || (failure.StatusCode == StatusCode.NotFound && method.StartsWith("Get", StringComparison.Ordinal)))
        {
            return;
        }

        var (resourceId, userName) = RequestSubject.Of(request);
        Note(caller, method, reason, failure.Status.Detail, resourceId, userName);
    }

    /// <summary>Notes a refusal.</summary>
    /// <param name="caller">Who was refused, in a company.</param>
    /// <param name="method">The rpc, or the request that a front end refused.</param>
    /// <param name="reason">Why.</param>
    /// <param name="detail">The message that the caller got.</param>
    /// <param name="resourceId">The resource that the request named; empty for none.</param>
    /// <param name="userName">The user name in the request; empty for none.</param>
    /// <param name="count">How often.</param>
    public void Note(Caller caller, string method, ErrorReason reason, string detail, string resourceId, string userName, long count = 1)
    {
        var now = Clock.Now(_time);
        var told = Cut(detail.Replace("\0", "", StringComparison.Ordinal), MaxDetail);
        var id = Folding.IsStorable(resourceId) && resourceId.Length <= 100 ? resourceId : "";
        var subject = id.Length == 0 && Folding.IsStorable(userName) && userName.Length <= MaxName && !string.IsNullOrWhiteSpace(userName)
            ? userName
            : "";
        var key = Write.RepeatKeyOf(caller, method, LogEntry.Types.Outcome.Refused,
            resourceId.Length > 0 ? resourceId : Folding.Fold(subject), $"{reason} {told}", now);
        lock (_lock)
        {
            if (_pending.TryGetValue((caller.Company, key), out var known))
            {
                (known.Count, known.LastTime) = (known.Count + count, now);
            }
            else if (_pending.Count < MaxPending)
            {
                _pending.Add((caller.Company, key),
                    new(caller, method, reason, told, id, subject, key) { Time = now, LastTime = now, Count = count });
            }
            else
            {
                _lost++;
            }
        }
    }

    /// <summary>Writes what was noted before now, so that whoever reads the log finds it there; gives up after a while.</summary>
    public async Task SettleAsync(CancellationToken cancellation)
    {
        try
        {
            await FlushAsync().WaitAsync(Patience, _time, cancellation);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            // What could not be written stays noted: the log is read without it.
            NotWritten(failure.Message);
        }
    }

    public override void Dispose()
    {
        _writing.Dispose();
        base.Dispose();
    }

    protected override Task RunAsync(CancellationToken stopping) => FlushAsync();

    protected override Task FinishAsync() => FlushAsync();

    /// <summary>Writes what is pending. Nobody's giving up ends it: a statement that was cut off may have counted already.</summary>
    private async Task FlushAsync()
    {
        lock (_lock)
        {
            if (_pending.Count == 0 && _writing.CurrentCount > 0)
            {
                return;
            }
        }

        await _writing.WaitAsync();
        try
        {
            Dictionary<(string Company, string Key), Refusal> taken;
            long lost;
            lock (_lock)
            {
                (taken, _pending, lost, _lost) = (_pending, [], _lost, 0);
            }

            if (lost > 0)
            {
                Lost(lost);
            }

            foreach (var some in taken.Values.Chunk(MaxInStatement))
            {
                try
                {
                    await WriteAsync(some);
                }
                catch
                {
                    PutBack(taken);
                    throw;
                }

                foreach (var written in some)
                {
                    taken.Remove((written.Caller.Company, written.Key));
                }
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task WriteAsync(IReadOnlyList<Refusal> refusals)
    {
        var names = new Dictionary<(string Company, string Id), string>();
        await connections.RunAsync([.. refusals.Where(each => each.ResourceId.Length > 0).GroupBy(each => each.Caller.Company)
            .SelectMany(company => NamesOf(company.Key, [.. company.Select(each => each.ResourceId).Distinct()], names))],
                CancellationToken.None);
        using (await turns.TakeAsync(CancellationToken.None))
        {
            await connections.RunAsync([.. LogRows.Repeated.On(dialect)
                .StatementsFor([.. refusals.Select(each => RowOf(each, names))])], CancellationToken.None);
        }

        foreach (var company in refusals.Select(each => each.Caller.Company).Distinct())
        {
            signal.Pulse(company);
        }
    }

    /// <summary>Reads what people call the resources that were named, so that the sentence names them.</summary>
    private IEnumerable<Statement> NamesOf(string company, IReadOnlyList<string> ids, Dictionary<(string Company, string Id), string> names)
    {
        var which = dialect.TextsOf(ids);
        yield return Statement.Each("SELECT id, profile, user_name FROM teammates WHERE company_id = $1 AND "
            + $"{dialect.In("id", "$2")}",
            row => names[(company, row.GetString(0))] = PersonNames.Of(row.GetString(1), row.GetString(2)), company, which);
        yield return Statement.Each("SELECT id, display_name FROM teammate_groups WHERE company_id = $1 AND "
            + $"{dialect.In("id", "$2")}",
            row => names[(company, row.GetString(0))] = row.GetString(1), company, which);
    }

    private static LogRow RowOf(Refusal refusal, Dictionary<(string Company, string Id), string> names)
    {
        var caller = refusal.Caller;
        return new()
        {
            CompanyId = caller.Company,
            Id = ResourceIds.New(ResourceIds.LogEntry, refusal.Time),
            Time = refusal.Time,
            LastTime = refusal.LastTime,
            Count = refusal.Count,
            ActorKind = caller.Kind,
            ActorTokenId = caller.TokenId,
            ActorName = caller.Name,
            ActorConnectionId = caller.ConnectionId,
            Method = refusal.Method,
            Outcome = LogEntry.Types.Outcome.Refused,
            Reason = refusal.Reason,
            ResourceId = refusal.ResourceId,
            Subject = Folding.Fold(refusal.UserName),
            Kinds = "",
            Warnings = "",
            Personal = JsonSerializer.Serialize(
                new(names.GetValueOrDefault((caller.Company, refusal.ResourceId), refusal.UserName), refusal.Detail, []),
                    LogJson.Default.LogPersonal),
            RepeatKey = refusal.Key,
        };
    }

    /// <summary>Puts back what could not be written, with what came meanwhile counted in.</summary>
    private void PutBack(Dictionary<(string Company, string Key), Refusal> taken)
    {
        lock (_lock)
        {
            foreach (var (key, refusal) in taken)
            {
                if (_pending.TryGetValue(key, out var newer))
                {
                    (refusal.Count, refusal.LastTime) = (refusal.Count + newer.Count, newer.LastTime);
                }

                _pending[key] = refusal;
            }
        }
    }

    private static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];

    [LoggerMessage(1, LogLevel.Warning, "Refusals could not be written to the log yet: {Why}")]
    private partial void NotWritten(string why);

    [LoggerMessage(2, LogLevel.Error, "{Count} refusals were not written to the log: too many waited for the database")]
    private partial void Lost(long count);

    /// <summary>What was refused, and how often since it was last written.</summary>
    private sealed class Refusal(
        Caller caller, string method, ErrorReason reason, string detail, string resourceId, string userName, string key)
    {
        public Caller Caller => caller;
        public string Method => method;
        public ErrorReason Reason => reason;
        public string Detail => detail;
        public string ResourceId => resourceId;
        public string UserName => userName;
        public string Key => key;
        public required DateTimeOffset Time { get; init; }
        public required DateTimeOffset LastTime { get; set; }
        public required long Count { get; set; }
    }
}
