using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace EndToEnd.Harness;

/// <summary>
/// A relay before PostgreSQL that counts what a service asks of it: numbers that do not depend on how fast the machine is
/// (PostgreSQL documentation, "Message Formats").
/// </summary>
public sealed class PostgresWire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _relays = [];
    private readonly NpgsqlConnectionStringBuilder _server;
    private long _roundTrips, _statements;

    public PostgresWire(string server)
    {
        _server = new(server);
        _listener.Start();
        _relays.Add(AcceptAsync());
    }

    /// <summary>How a service reaches the relay. Unencrypted, since it reads along.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder(_server.ToString())
    {
        Host = "127.0.0.1",
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
    }.ToString();

    /// <summary>What something cost: how often it waited for the server, and how many statements that were.</summary>
    public async Task<(long RoundTrips, long Statements)> CostOfAsync(Func<Task> work)
    {
        var (trips, statements) = (Volatile.Read(ref _roundTrips), Volatile.Read(ref _statements));
        await work();
        return (Volatile.Read(ref _roundTrips) - trips, Volatile.Read(ref _statements) - statements);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await Task.WhenAll(_relays).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            _relays.Add(RelayAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
    }

    private async Task RelayAsync(TcpClient accepted)
    {
        using var client = accepted;
        using var server = new TcpClient { NoDelay = true };
        client.NoDelay = true;
        await server.ConnectAsync(_server.Host!, _server.Port, _stop.Token);
        var (asks, wasAsking) = (new Messages(), false);
        var back = PumpAsync(server.GetStream(), client.GetStream(), _ => Volatile.Write(ref wasAsking, false));
        var forth = PumpAsync(client.GetStream(), server.GetStream(), chunk =>
        {
            Interlocked.Add(ref _statements, asks.Executed(chunk.Span));
            if (!Volatile.Read(ref wasAsking))
            {
                Volatile.Write(ref wasAsking, true);
                Interlocked.Increment(ref _roundTrips);
            }
        });
        await Task.WhenAny(back, forth);
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, Action<ReadOnlyMemory<byte>> seen)
    {
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await from.ReadAsync(buffer, _stop.Token)) > 0)
        {
            seen(buffer.AsMemory(0, read));
            await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }

    /// <summary>Follows a client's messages through its stream, wherever the stream is cut.</summary>
    private sealed class Messages
    {
        private readonly byte[] _head = new byte[5];
        private int _gathered = 1;
        private long _left;
        private bool _started;

        /// <summary>How many statements begin to run in a piece of the stream.</summary>
        public int Executed(ReadOnlySpan<byte> piece)
        {
            var count = 0;
            while (piece.Length > 0)
            {
                if (_left > 0)
                {
                    var some = (int)Math.Min(_left, piece.Length);
                    piece = piece[some..];
                    _left -= some;
                    continue;
                }

                _head[_gathered++] = piece[0];
                piece = piece[1..];
                if (_gathered == _head.Length)
                {
                    // The first message has no type.
                    count += _started && (_head[0] is (byte)'E' or (byte)'Q') ? 1 : 0;
                    (_left, _gathered, _started) = (BinaryPrimitives.ReadInt32BigEndian(_head.AsSpan(1)) - 4, 0, true);
                }
            }

            return count;
        }
    }
}
