using Provisioning.Access;
using Provisioning.Contract;
using Provisioning.Jobs;
using Provisioning.Storage;
using Provisioning.V1;
using Provisioning.Writing;

namespace Provisioning.Tokens;

/// <summary>
/// Tells companies of calls whose token begins like one of theirs and is not it: it was cut or mistyped when it was pasted. Such calls are
/// counted in memory, and looked up at most once a minute for each beginning, so that whoever sends wrong tokens costs the database
/// next to nothing. A token that begins like nobody's cannot be told to anybody.
/// </summary>
internal sealed class RefusedTokens(
    StorageConnections connections, Dialect dialect, RefusalLog refusals, TimeProvider time, ILogger<RefusedTokens> logger)
    : BackgroundJob(Pause, time, logger)
{
    /// <summary>
    /// How many beginnings are counted at most; whoever sends more random tokens than that is no admin who sets a provider up.
    /// </summary>
    private const int MaxBeginnings = 1_000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1), Often = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time = time;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);

    /// <summary>Counts a call with a token that nobody has.</summary>
    /// <param name="secret">The token.</param>
    /// <param name="method">The rpc's full name.</param>
    public void Note(string secret, string method)
    {
        if (TokenSecret.Beginning(secret) is not { } beginning)
        {
            return;
        }

        lock (_lock)
        {
            if (!_seen.TryGetValue(beginning, out var seen))
            {
                if (_seen.Count >= MaxBeginnings)
                {
                    return;
                }

                _seen.Add(beginning, seen = new());
            }

            (seen.Count, seen.Method, seen.IsMistyped) = (
                seen.Count + 1, method[(method.LastIndexOf('/') + 1)..], TokenSecret.IsMistyped(secret));
        }
    }

    protected override async Task RunAsync(CancellationToken stopping)
    {
        var due = TakeDue();
        if (due.Count == 0)
        {
            return;
        }

        var owners = new List<(string Beginning, Caller Caller)>();
        await connections.RunAsync([Statement.Each(
            $"""
            SELECT t.secret_hint, t.id, t.company_id, COALESCE(c.name, t.name), COALESCE(t.connection_id, '')
            FROM api_tokens t LEFT JOIN connections c ON c.company_id = t.company_id AND c.id = t.connection_id
            WHERE {dialect.In("t.secret_hint", "$1")} AND t.company_id IS NOT NULL AND t.revoke_time IS NULL
            """,
            row => owners.Add((row.GetString(0),
                new(Actor.Types.Kind.ApiToken, row.GetString(1), row.GetString(3), row.GetString(2), row.GetString(4), []))),
            dialect.TextsOf(due.Keys))], stopping);
        foreach (var (beginning, caller) in owners)
        {
            var (count, method, mistyped) = due[beginning];
            refusals.Note(caller, method, ErrorReason.TokenUnknown, Failures.TokenUnknown(mistyped).Status.Detail, "", "", count);
        }
    }

    /// <summary>What was counted of each beginning that was not looked up for a minute; and forgets what is not sent any more.</summary>
    private Dictionary<string, (long Count, string Method, bool IsMistyped)> TakeDue()
    {
        var (now, due) = (_time.GetUtcNow(), new Dictionary<string, (long Count, string Method, bool IsMistyped)>(StringComparer.Ordinal));
        lock (_lock)
        {
            foreach (var (beginning, seen) in _seen.Where(entry => now - entry.Value.ToldAt >= Often).ToList())
            {
                if (seen.Count == 0)
                {
                    _seen.Remove(beginning);
                    continue;
                }

                due.Add(beginning, (seen.Count, seen.Method, seen.IsMistyped));
                (seen.Count, seen.ToldAt) = (0, now);
            }
        }

        return due;
    }

    private sealed class Seen
    {
        public long Count { get; set; }
        public string Method { get; set; } = "";
        public bool IsMistyped { get; set; }
        public DateTimeOffset ToldAt { get; set; } = DateTimeOffset.MinValue;
    }
}
