using System.Globalization;

namespace Bench;

/// <summary>What was measured, as a table whose ratios are to the floor's like operation of the same run.</summary>
internal sealed class Table
{
    private static readonly Scenario[] Pages = [Scenario.FirstPage, Scenario.LastPage, Scenario.PageByIndex, Scenario.PageByCursor];

    private readonly List<(string Shape, Scenario Scenario, Outcome Outcome)> _rows = [];

    public bool HasFailures => _rows.Any(row => row.Outcome.Failures > 0);

    public void Add(string shape, Scenario scenario, Outcome outcome, double memory)
    {
        _rows.Add((shape, scenario, outcome));
        var cpu = string.Join(
            "  ", outcome.Cpu.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Key} {entry.Value:0}")));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{shape,-14} {scenario.Name,-36} {outcome.Rate * scenario.Weight,9:0}/s  {Ratio(scenario, outcome),6}  p50 "
                + $"{outcome.P50,7:0.00}  p95 {outcome.P95,7:0.00}  p99 {outcome.P99,7:0.00} ms   CPU µs: load {outcome.OwnCpu:0}  {cpu}  "
                + $" {memory:0} MB")
            + (outcome.Failures > 0 ? $"   {outcome.Failures} FAILED: {outcome.Failure}" : ""));
    }

    /// <summary>The floor's like operation.</summary>
    public static Scenario FloorOf(Scenario scenario) => Pages.Contains(scenario) ? Scenario.PageByKey : scenario;

    private string Ratio(Scenario scenario, Outcome outcome)
    {
        var floor = _rows.FirstOrDefault(row => row.Shape == "floor" && row.Scenario == scenario).Outcome;
        return floor is null ? "" : (outcome.Rate / floor.Rate).ToString("0.00", CultureInfo.InvariantCulture);
    }
}
