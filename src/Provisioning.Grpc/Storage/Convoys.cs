using System.Collections.Concurrent;
using Google.Protobuf;
using Provisioning.Access;

namespace Provisioning.Storage;

/// <summary>A write that may go into one transaction with others of its company.</summary>
/// <param name="caller">Who asks for it.</param>
/// <param name="request">What is asked.</param>
/// <param name="sharing">What it reads first.</param>
/// <param name="work">Does it, on a <see cref="Write"/> that has the transaction not to itself.</param>
internal sealed class SharedWrite(Caller caller, WriteRequest request, Sharing sharing, Func<Write, Task<IMessage>> work)
{
    private readonly TaskCompletionSource<IReadOnlyList<SharedWrite>?> _turn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Caller Caller => caller;
    public WriteRequest Request => request;
    public Sharing Sharing => sharing;
    public Func<Write, Task<IMessage>> Work => work;

    /// <summary>What it came to; null when it failed, or is to be done alone.</summary>
    public IMessage? Reply { get; set; }

    /// <summary>Why it failed; null when it did not.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Ends when it was tried in somebody else's transaction, with null, or when it is its turn to lead the writes given.</summary>
    public Task<IReadOnlyList<SharedWrite>?> Turn => _turn.Task;

    public void Lead(IReadOnlyList<SharedWrite> together) => _turn.SetResult(together);

    public void End() => _turn.TrySetResult(null);
}

/// <summary>
/// The writes of a company that come while others are under way: they wait for one of these to end and then go together, in one
/// transaction. Who comes alone goes at once; the busier the database is, the less each one costs.
/// </summary>
/// <param name="lanes">How many transactions are under way at once.</param>
internal sealed class Convoy(int lanes)
{
    /// <summary>How many writes share a transaction at most.</summary>
    public const int Longest = 32;

    /// <summary>How long a write waits before it goes alone: what is under way may wait for a lock that somebody forgot.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    private readonly List<SharedWrite> _waiting = [];
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private int _underWay;

    /// <summary>Waits for a turn; gives the writes to lead, or null when another has led this one, or none has in time.</summary>
    public async Task<IReadOnlyList<SharedWrite>?> JoinAsync(SharedWrite write)
    {
        lock (_waiting)
        {
            if (_underWay < lanes && _keys.Add(write.Sharing.Key))
            {
                _underWay++;
                return [write];
            }

            _waiting.Add(write);
        }

        try
        {
            return await write.Turn.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            lock (_waiting)
            {
                if (_waiting.Remove(write))
                {
                    return null;
                }
            }

            return await write.Turn;
        }
    }

    /// <summary>Ends a turn, and lets the next ones begin.</summary>
    public void Leave(IReadOnlyList<SharedWrite> together)
    {
        var next = new List<List<SharedWrite>>();
        lock (_waiting)
        {
            _underWay--;
            _keys.ExceptWith(together.Select(write => write.Sharing.Key));
            while (_underWay < lanes && Take() is { Count: > 0 } taken)
            {
                _underWay++;
                next.Add(taken);
            }
        }

        next.ForEach(each => each[0].Lead(each));
        foreach (var write in together)
        {
            write.End();
        }
    }

    /// <summary>The writes that go next, no two about the same thing, nor any about what is under way.</summary>
    private List<SharedWrite> Take()
    {
        var taken = new List<SharedWrite>();
        foreach (var write in _waiting)
        {
            if (taken.Count < Longest && _keys.Add(write.Sharing.Key))
            {
                taken.Add(write);
            }
        }

        _waiting.RemoveAll(taken.Contains);
        return taken;
    }
}

/// <summary>The convoys of the companies that have written since the start.</summary>
internal sealed class Convoys(CoreSettings settings)
{
    private const int LanesOnPostgres = 2;

    private readonly ConcurrentDictionary<string, Convoy> _byCompany = new(StringComparer.Ordinal);

    public Convoy Of(string company) =>
        _byCompany.GetOrAdd(company, _ => new(settings.Provider == StorageProvider.Postgres ? LanesOnPostgres : 1));
}

/// <summary>A write cannot be done in one transaction with others: it starts over alone.</summary>
internal sealed class WriteNeedsItsOwn : Exception;
