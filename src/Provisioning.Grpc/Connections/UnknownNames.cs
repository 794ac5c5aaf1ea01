using System.Collections.Concurrent;
using Provisioning.Access;
using Provisioning.Filtering;
using Provisioning.Storage;
using Provisioning.V1;
using Provisioning.Writing;

namespace Provisioning.Connections;

/// <summary>
/// The names that connections are known to send, in this process's memory: a provider sends the same ones with every push.
/// </summary>
internal sealed class UnknownNameMemory
{
    private const int MaxNames = 100_000;

    private readonly ConcurrentDictionary<(string Company, string Connection, string Name), bool> _known = new();

    public bool Knows(Caller caller, string name) => _known.ContainsKey((caller.Company, caller.ConnectionId, name));

    public void Remember(Caller caller, IEnumerable<string> names)
    {
        if (_known.Count > MaxNames)
        {
            _known.Clear();
        }

        foreach (var name in names)
        {
            _known.TryAdd((caller.Company, caller.ConnectionId, name), true);
        }
    }
}

/// <summary>
/// Names of attributes in a request that no schema has. A misspelt attribute looks like one, so that the log warns of each name that
/// is new for the connection, once.
/// </summary>
internal sealed class UnknownNames : IPreload
{
    /// <summary>How many names one request can warn of, how long each may be, and how many of them a warning tells.</summary>
    private const int MaxNames = 1_000, MaxLength = 300, MaxTold = 20;

    private readonly UnknownNameMemory _memory;
    private readonly Caller _caller;
    private readonly string[] _asked;
    private readonly HashSet<string> _stored = new(StringComparer.Ordinal), _told = new(StringComparer.Ordinal);

    /// <param name="memory">What this process knows already.</param>
    /// <param name="caller">Who sends the names, in a company.</param>
    /// <param name="names">The names.</param>
    public UnknownNames(UnknownNameMemory memory, Caller caller, IEnumerable<string> names)
    {
        (_memory, _caller) = (memory, caller);
        _asked = caller.CompanyId is null ? [] :
            [.. names.Where(name => name.Length <= MaxLength && Folding.IsStorable(name) && !memory.Knows(caller, name))
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(MaxNames)];
    }

    public PreloadOrder Order => PreloadOrder.UnknownNames;

    /// <summary>Reads which names are stored already; nothing where memory knows them all.</summary>
    public IEnumerable<Statement> Read(PreloadContext context, IReadOnlyList<IPreload> all)
    {
        foreach (var each in all.Cast<UnknownNames>().Where(each => each._asked.Length > 0))
        {
            each._stored.Clear();
            each._told.Clear();
            yield return Statement.Each(
                "SELECT name FROM unknown_attributes WHERE company_id = $1 AND connection_id = $2 AND "
                    + $"{context.Dialect.In("name", "$3")}",
                row => each._stored.Add(row.GetString(0)), each._caller.Company, each._caller.ConnectionId,
                    context.Dialect.TextsOf(each._asked));
        }
    }

    /// <summary>The warning of those names that are new, which the write's end stores; null where none is.</summary>
    /// <param name="write">The write.</param>
    /// <param name="names">Names of the part of the request that the write is about; null for all.</param>
    /// <param name="areKept">Whether the attributes are kept, rather than passed over.</param>
    public Warning? Warn(Write write, IEnumerable<string>? names, bool areKept)
    {
        string[] fresh = [.. _asked.Intersect(names ?? _asked, StringComparer.Ordinal)
            .Where(name => !_stored.Contains(name) && _told.Add(name))];
        if (fresh.Length == 0)
        {
            return null;
        }

        write.Finally(new(
            $"""
            INSERT INTO unknown_attributes (company_id, connection_id, name, create_time)
            SELECT $1, $2, x.value, $4 FROM {write.Dialect.Texts("$3")} x WHERE TRUE ON CONFLICT DO NOTHING
            """,
            write.CompanyId, _caller.ConnectionId, write.Dialect.TextsOf(fresh), write.Dialect.Time(write.Now)));
        return Contract.Warnings.OfUnknownAttributes([.. fresh.Take(MaxTold)], fresh.Length, areKept);
    }

    /// <summary>Remembers the names, once the write is done.</summary>
    public void Remember() => _memory.Remember(_caller, _asked);
}
