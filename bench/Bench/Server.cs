using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Bench;

/// <summary>A program under measurement, as it is published. Stopped when disposed.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly Process _process;

    private Server(Process process, string log) => (_process, Log) = (process, log);

    public int Id => _process.Id;

    /// <summary>Where what it says is.</summary>
    public string Log { get; }

    /// <summary>Starts a program and waits until it answers at a URL.</summary>
    /// <returns>The server, and how long it took from the start to the first answer.</returns>
    public static async Task<(Server Server, TimeSpan Took)> StartAsync(
        string program, string[] arguments, Uri answers, string authorization = "")
    {
        var log = Path.GetTempFileName();
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >" + log + " 2>&1", "sh", program, .. arguments]);
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        var watch = Stopwatch.StartNew();
        var server = new Server(Process.Start(start)!, log);
        while (!Answers(answers, authorization))
        {
            if (server._process.HasExited || watch.Elapsed > TimeSpan.FromMinutes(5))
            {
                throw new InvalidOperationException($"{program} does not answer at {answers}: {await File.ReadAllTextAsync(log)}");
            }
        }

        return (server, watch.Elapsed);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static Uri Free() => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort()}"));

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        File.Delete(Log);
    }

    private static bool Answers(Uri url, string authorization)
    {
        try
        {
            using var connection = new Connection(url, authorization);
            return connection.Send("GET", url.PathAndQuery) is > 0 and < 500;
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            Thread.Sleep(2);
            return false;
        }
    }
}
