using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace EndToEnd.Harness;

/// <summary>One of our programs, started as its own process as an operator would start it.</summary>
public sealed partial class RunningProgram : IAsyncDisposable
{
    /// <summary>
    /// Which of the build's folders the programs are in: "publish" where `test.sh` published them, as operators would run them.
    /// </summary>
    public static readonly string Programs = Environment.GetEnvironmentVariable("TEST_PROGRAMS") ?? "bin";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Uri> _addresses = [];
    private bool _isDisposed;

    private RunningProgram(Process process) => _process = process;

    /// <summary>Where it listens, in the order it said so.</summary>
    public IReadOnlyList<Uri> Addresses => _addresses;

    /// <summary>Everything it wrote so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Starts a program and waits until it listens.</summary>
    public static async Task<RunningProgram> StartAsync(string project, params string[] settings)
    {
        var program = new RunningProgram(New(project, settings));
        program._process.OutputDataReceived += (_, line) => program.Read(line.Data);
        program._process.ErrorDataReceived += (_, line) => program.Read(line.Data);
        program._process.Exited += (_, _) => program._started.TrySetException(
            new InvalidOperationException($"{project} ended:\n{program.Output}"));
        program._process.EnableRaisingEvents = true;
        program._process.Start();
        program._process.BeginOutputReadLine();
        program._process.BeginErrorReadLine();
        Processes.Add(program._process);
        await program._started.Task.WaitAsync(Patience);
        return program;
    }

    /// <summary>Runs a program to its end.</summary>
    public static Task<(int Code, string Output, string Error)> RunAsync(string project, params string[] arguments) =>
        ToEndAsync(New(project, arguments), Patience);

    /// <summary>Runs a script to its end, which builds it first.</summary>
    public static Task<(int Code, string Output, string Error)> RunScriptAsync(
        string script, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = Redirected(["run", "-c", "Release", Path.Combine(Root, "scripts", script), "--", .. arguments]);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return ToEndAsync(new() { StartInfo = start }, 5 * Patience);
    }

    private static async Task<(int Code, string Output, string Error)> ToEndAsync(Process started, TimeSpan time)
    {
        using var process = started;
        process.Start();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(time);
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, await output, await error);
    }

    /// <summary>Asks it to stop as Ctrl+C does, and waits.</summary>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -INT {_process.Id}"]);
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static Process New(string project, string[] arguments)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        return new()
        {
            StartInfo = Redirected(
            [Path.Combine(Root, "artifacts", Programs, project, configuration, project + ".dll"), .. arguments])
        };
    }

    /// <summary>With Ctrl+C as a terminal gives it: a shell that runs the tests in the background has its children ignore it.</summary>
    private static ProcessStartInfo Redirected(string[] arguments) => new("env", ["--default-signal=INT", "dotnet", .. arguments])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        WorkingDirectory = Path.GetTempPath(),
    };

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        if (Listening().Match(line) is { Success: true } match)
        {
            _addresses.Add(new(match.Groups[1].Value));
        }

        if (line.Contains("Application started", StringComparison.Ordinal))
        {
            _started.TrySetResult();
        }
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Provisioning.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("Provisioning.sln is in no folder above the tests.");
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"Now listening on: (http\S+)")]
    private static partial Regex Listening();
}

/// <summary>Ends what was started when the tests end.</summary>
internal static class Processes
{
    private static readonly List<Process> All = [];

    static Processes() => AppDomain.CurrentDomain.ProcessExit += (_, _) => EndAll();

    public static void Add(Process process)
    {
        lock (All)
        {
            All.Add(process);
        }
    }

    private static void EndAll()
    {
        lock (All)
        {
            foreach (var process in All)
            {
                try
                {
                    process.Kill(entireProcessTree: true);
                }
                catch (InvalidOperationException)
                {
                    // It ended by itself.
                }
            }
        }
    }
}
