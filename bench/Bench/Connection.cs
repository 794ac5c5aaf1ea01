using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bench;

/// <summary>
/// One keep-alive HTTP/1.1 connection over a blocking socket: a request is one write, and nothing is between the clock and the
/// wire. Reads bodies with a Content-Length and chunked ones.
/// </summary>
internal sealed class Connection : IDisposable
{
    private readonly Socket _socket =
        new(AddressFamily.InterNetwork, SocketType.Stream,
            ProtocolType.Tcp)
        { NoDelay = true, ReceiveTimeout = 30_000, SendTimeout = 30_000 };
    private readonly string _headers;
    private byte[] _out = new byte[16 * 1024], _in = new byte[64 * 1024], _body = new byte[64 * 1024];
    private int _start, _end, _bodyLength;

    public Connection(Uri url, string token)
    {
        _socket.Connect(IPAddress.Parse(url.Host), url.Port);
        _headers = $"Host: {url.Authority}\r\nAuthorization: Bearer {token}\r\nAccept: application/scim+json\r\n";
    }

    /// <summary>The body of the last reply.</summary>
    public ReadOnlySpan<byte> Body => _body.AsSpan(0, _bodyLength);

    /// <summary>Sends a request and reads its whole reply.</summary>
    /// <returns>The HTTP status.</returns>
    public int Send(string method, string path, string? json = null)
    {
        var text = json is null
            ? $"{method} {path} HTTP/1.1\r\n{_headers}\r\n"
            : string.Create(CultureInfo.InvariantCulture,
                $"{method} {path} HTTP/1.1\r\n{_headers}Content-Type: application/scim+json\r\nContent-Length: "
                    + $"{Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}");
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (_out.Length < most)
        {
            _out = new byte[most];
        }

        var left = _out.AsSpan(0, Encoding.UTF8.GetBytes(text, _out));
        while (left.Length > 0)
        {
            left = left[_socket.Send(left)..];
        }

        return Receive();
    }

    public void Dispose() => _socket.Dispose();

    private int Receive()
    {
        var (status, length, chunked) = (0, 0, false);
        for (var first = true; ; first = false)
        {
            var line = Line();
            if (line.IsEmpty)
            {
                break;
            }

            if (first)
            {
                _ = Utf8Parser.TryParse(line[9..12], out status, out _);
            }
            else if (Is(line, "content-length:"u8))
            {
                _ = Utf8Parser.TryParse(line["content-length:"u8.Length..].Trim((byte)' '), out length, out _);
            }
            else if (Is(line, "transfer-encoding: chunked"u8))
            {
                chunked = true;
            }
        }

        _bodyLength = 0;
        if (!chunked)
        {
            Take(length);
            return status;
        }

        while (true)
        {
            _ = Utf8Parser.TryParse(Line(), out int size, out _, 'x');
            Take(size);
            _ = Line();
            if (size == 0)
            {
                return status;
            }
        }
    }

    private static bool Is(ReadOnlySpan<byte> line, ReadOnlySpan<byte> header) =>
        line.Length >= header.Length && Ascii.EqualsIgnoreCase(line[..header.Length], header);

    private ReadOnlySpan<byte> Line()
    {
        for (var from = _start; ;)
        {
            var at = _in.AsSpan(from, _end - from).IndexOf((byte)'\n');
            if (at >= 0)
            {
                var line = _in.AsSpan(_start, from + at - _start);
                _start = from + at + 1;
                return line is [.. var rest, (byte)'\r'] ? rest : line;
            }

            from = _end - _start;
            Fill();
            from += _start;
        }
    }

    private void Take(int count)
    {
        if (_body.Length < _bodyLength + count)
        {
            Array.Resize(ref _body, Math.Max(_bodyLength + count, _body.Length * 2));
        }

        while (count > 0)
        {
            if (_start == _end)
            {
                Fill();
            }

            var some = Math.Min(count, _end - _start);
            _in.AsSpan(_start, some).CopyTo(_body.AsSpan(_bodyLength));
            (_start, _bodyLength, count) = (_start + some, _bodyLength + some, count - some);
        }
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _in.AsSpan(_start, _end - _start).CopyTo(_in);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _in.Length)
        {
            Array.Resize(ref _in, _in.Length * 2);
        }

        var read = _socket.Receive(_in.AsSpan(_end));
        _end += read > 0 ? read : throw new IOException("The server closed the connection.");
    }
}
