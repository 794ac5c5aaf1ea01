namespace EndToEnd.Pages;

/// <summary>Pages are tested one after the other: a browser needs the machine's cores for itself.</summary>
[CollectionDefinition(nameof(PagesCollection), DisableParallelization = true)]
public sealed class PagesCollection;

/// <summary>Which setups pages are tested on: they call the core alone, so one of each shape and engine suffices.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SettingsPageAttribute : Xunit.v3.DataAttribute
{
    /// <summary>Also on the core and the front end as processes of their own, on PostgreSQL.</summary>
    public bool Both { get; init; }

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
        System.Reflection.MethodInfo testMethod, Xunit.Sdk.DisposalTracker disposalTracker) =>
        new([.. ((Harness.Setup[])[Harness.Setup.SqliteOneProcess, Harness.Setup.PostgresTwoProcesses]).Take(Both ? 2 : 1)
            .Select(setup => new TheoryDataRow<Harness.Setup>(setup) { Skip = Harness.Servers.WhyNot(setup) })]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
