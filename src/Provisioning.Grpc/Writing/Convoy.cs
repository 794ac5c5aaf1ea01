namespace Provisioning.Writing;

/// <summary>
/// The writes of a company that come while others are under way: they wait for one of these to end and then go together, in one
/// transaction. Who comes alone goes at once; the busier the database is, the less each one costs.
/// </summary>
/// <param name="lanes">How many transactions are under way at once.</param>
/// <param name="time">The clock by which writes wait.</param>
internal sealed class Convoy(int lanes, TimeProvider time)
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
            if (_underWay < lanes && _keys.Add(write.Key))
            {
                _underWay++;
                return [write];
            }

            _waiting.Add(write);
        }

        try
        {
            return await write.Turn.WaitAsync(Patience, time);
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
            _keys.ExceptWith(together.Select(write => write.Key));
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
            if (taken.Count < Longest && _keys.Add(write.Key))
            {
                taken.Add(write);
            }
        }

        _waiting.RemoveAll(taken.Contains);
        return taken;
    }
}
