using System.Diagnostics;

namespace Bench;

/// <summary>What a scenario came to.</summary>
/// <param name="Rate">Finished operations per second; failed ones are none.</param>
/// <param name="Failures">Operations that got another answer than they should.</param>
/// <param name="P50">Half of the operations took no longer, in ms.</param>
/// <param name="P95">95 of 100 took no longer, in ms.</param>
/// <param name="P99">99 of 100 took no longer, in ms.</param>
/// <param name="OwnCpu">The load generator's CPU time per operation, in µs.</param>
/// <param name="Cpu">The CPU time per operation of each measured process, in µs.</param>
internal sealed record Outcome(
    double Rate, long Failures, double P50, double P95, double P99, double OwnCpu, IReadOnlyDictionary<string, double> Cpu)
{
    /// <summary>What went wrong first; empty for nothing.</summary>
    public string Failure { get; init; } = "";
}

/// <summary>
/// Runs a scenario against a server on some connections, a thread each, in one or several rounds. The closed loop asks as fast as it is
/// answered; the open loop asks at a given rate whatever comes back, and counts latency from when an operation was due, not from when
/// its turn came.
/// </summary>
internal sealed class Load(Scenario scenario, Target target, Usage usage, int connections = 8, double rate = 0) : IDisposable
{
    private readonly List<Worker> _workers = [.. Enumerable.Range(0, connections).Select(index => new Worker(scenario, target, index))];
    private readonly Dictionary<string, double> _cpu = [];
    private double _elapsed, _own;

    /// <summary>Everything that was measured so far.</summary>
    public Outcome Outcome
    {
        get
        {
            var times = _workers.SelectMany(worker => worker.Times).Order().ToArray();
            var operations = (double)Math.Max(1, times.Length);
            return new(times.Length / _elapsed, _workers.Sum(worker => worker.Failures), At(times, 0.50), At(times, 0.95), At(times, 0.99),
                _own / operations, _cpu.ToDictionary(entry => entry.Key, entry => entry.Value / operations))
            {
                Failure = _workers.Select(worker => worker.Failure).FirstOrDefault(text => text.Length > 0) ?? "",
            };
        }
    }

    /// <summary>Runs without measuring.</summary>
    public void WarmUp(double seconds) => Drive(_workers, seconds, rate, keep: false);

    /// <summary>Measures a round.</summary>
    public void Measure(double seconds)
    {
        var (own, others) = (Usage.OfThisProcess(), usage.Read());
        var watch = Stopwatch.StartNew();
        Drive(_workers, seconds, rate, keep: true);
        _elapsed += watch.Elapsed.TotalSeconds;
        _own += Usage.OfThisProcess() - own;
        foreach (var (name, time) in usage.Read())
        {
            _cpu[name] = _cpu.GetValueOrDefault(name) + time - others.GetValueOrDefault(name);
        }
    }

    public void Dispose() => _workers.ForEach(worker => worker.Dispose());

    private static void Drive(List<Worker> workers, double seconds, double rate, bool keep)
    {
        var threads = workers.Select(worker => new Thread(() => worker.Run(seconds, rate / workers.Count, keep))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
    }

    private static double At(long[] sorted, double share) =>
        sorted.Length == 0 ? 0 : sorted[(int)Math.Min(sorted.Length - 1, sorted.Length * share)] * 1000.0 / Stopwatch.Frequency;

    private sealed class Worker(Scenario scenario, Target target, int index) : IDisposable
    {
        private readonly Func<Connection, string?> _operation = scenario.Begin(target, index);
        private Connection _connection = new(target.Url, target.Token);

        public List<long> Times { get; } = [];

        public long Failures { get; private set; }

        public string Failure { get; private set; } = "";

        public void Run(double seconds, double rate, bool keep)
        {
            var began = Stopwatch.GetTimestamp();
            var until = began + (long)(seconds * Stopwatch.Frequency);
            for (var number = 0L; ; number++)
            {
                var due = rate > 0 ? began + (long)(number / rate * Stopwatch.Frequency) : Stopwatch.GetTimestamp();
                if (due >= until)
                {
                    return;
                }

                Await(due);

                var failure = Try();
                if (failure is not null)
                {
                    (Failures, Failure) = (Failures + 1, failure);
                }
                else if (keep)
                {
                    Times.Add(Stopwatch.GetTimestamp() - due);
                }
            }
        }

        public void Dispose() => _connection.Dispose();

        /// <summary>Waits until an operation is due: asleep, but for the last millisecond, which a sleep cannot hit.</summary>
        private static void Await(long due)
        {
            for (var left = due - Stopwatch.GetTimestamp(); left > 0; left = due - Stopwatch.GetTimestamp())
            {
                var milliseconds = (int)(left * 1_000 / Stopwatch.Frequency);
                if (milliseconds > 0)
                {
                    Thread.Sleep(milliseconds);
                }
                else
                {
                    Thread.SpinWait(20);
                }
            }
        }

        private string? Try()
        {
            try
            {
                return _operation(_connection);
            }
            catch (Exception failure) when (failure is IOException or System.Net.Sockets.SocketException)
            {
                _connection.Dispose();
                _connection = new(target.Url, target.Token);
                return failure.Message;
            }
        }
    }
}
