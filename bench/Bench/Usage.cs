using System.Diagnostics;
using System.Globalization;

namespace Bench;

/// <summary>CPU time and memory of processes with their children, by name, as the kernel counts them.</summary>
internal sealed class Usage
{
    private const double Tick = 1_000_000 / 100.0;

    private readonly List<(string Name, int Process)> _roots = [];

    public void Add(string name, int process) => _roots.Add((name, process));

    /// <summary>CPU time so far, in µs, that of children that ended included.</summary>
    public Dictionary<string, double> Read()
    {
        var all = All();
        return _roots.GroupBy(root => root.Name).ToDictionary(group => group.Key, group => group.Sum(root => Sum(all, root.Process)));
    }

    /// <summary>CPU time of this process so far, in µs.</summary>
    public static double OfThisProcess() => Process.GetCurrentProcess().TotalProcessorTime.TotalMicroseconds;

    /// <summary>A value of /proc/PID/status, in MB.</summary>
    public static double Memory(int process, string field) => File.ReadLines($"/proc/{process}/status")
        .Where(line => line.StartsWith(field + ":", StringComparison.Ordinal))
        .Select(line => double.Parse(line.Split(' ', '\t', StringSplitOptions.RemoveEmptyEntries).First(part => char.IsDigit(part[0])),
            CultureInfo.InvariantCulture) / 1024).First();

    /// <summary>Lets a process's peak of memory begin anew.</summary>
    public static void ResetPeak(int process) => File.WriteAllText($"/proc/{process}/clear_refs", "5");

    private static double Sum(List<(int Process, int Parent, double Time)> all, int process) =>
        all.Where(each => each.Process == process).Sum(each => each.Time)
        + all.Where(each => each.Parent == process && each.Process != process).Sum(each => Sum(all, each.Process));

    private static List<(int Process, int Parent, double Time)> All()
    {
        var all = new List<(int, int, double)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(name => char.IsDigit(Path.GetFileName(name)[0])))
        {
            try
            {
                var stat = File.ReadAllText(folder + "/stat");
                var parts = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                double Number(int at) => double.Parse(parts[at], CultureInfo.InvariantCulture);
                all.Add((int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture), (int)Number(1),
                    (Number(11) + Number(12) + Number(13) + Number(14)) * Tick));
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It ended between being listed and being read.
            }
        }

        return all;
    }
}
