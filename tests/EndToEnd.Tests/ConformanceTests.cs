using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EndToEnd.Harness;

namespace EndToEnd;

/// <summary>Every rule has a test that proves it, and docs/conformance.md says which.</summary>
public sealed partial class ConformanceTests
{
    private static readonly string Tests = Path.Combine(RunningProgram.Root, "tests"), Document = Path.Combine(RunningProgram.Root, "docs",
        "conformance.md");

    private static readonly JsonArray Sections =
        (JsonArray)JsonNode.Parse(File.ReadAllText(Path.Combine(Tests, "Conformance", "rules.json")))!;

    private static readonly ILookup<string, string> Proofs = Transcripts().Concat(Methods()).ToLookup(proof => proof.Rule,
        proof => proof.Link);

    [Fact]
    public void every_rule_is_proved_by_a_test() =>
        Assert.Empty(Sections.SelectMany(RulesOf).Where(rule => !Proofs.Contains(rule.Key)).Select(rule => rule.Key));

    [Fact]
    public void every_proof_is_of_a_rule() =>
        Assert.Empty(Proofs.Select(proofs => proofs.Key).Except(Sections.SelectMany(RulesOf).Select(rule => rule.Key)));

    [Fact]
    public void the_published_table_is_what_the_tests_prove()
    {
        var table = Table();
        if (!File.Exists(Document) || File.ReadAllText(Document) != table)
        {
            File.WriteAllText(Document, table);
            Assert.Fail("docs/conformance.md was behind the tests. It is written anew: look at it and commit it.");
        }
    }

    private static string Table()
    {
        var text = new StringBuilder(
            $"""
            # Conformance

            Every rule of the RFCs and every form of a provider that this service keeps to, with the tests that prove it. The
            test run writes this page from `tests/Conformance/rules.json`. Transcripts are what a provider sends and must get
            back, as data, played on SQLite and on PostgreSQL with Redis, in one process and in two.

            """);
        foreach (var section in Sections)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"\n## {section!["section"]}\n\n{section["source"]}.\n\n| Rule | Proved by |\n| --- | --- |\n");
            foreach (var (rule, sentence) in RulesOf(section))
            {
                text.Append(CultureInfo.InvariantCulture,
                    $"| {sentence} | {string.Join(", ", Proofs[rule].Distinct().Order(StringComparer.Ordinal))} |\n");
            }
        }

        return text.ToString();
    }

    private static IEnumerable<KeyValuePair<string, string>> RulesOf(JsonNode? section) =>
        ((JsonObject)section!["rules"]!).Select(rule => KeyValuePair.Create(rule.Key, rule.Value!.GetValue<string>()));

    private static IEnumerable<(string Rule, string Link)> Transcripts() =>
        from file in Directory.EnumerateFiles(Path.Combine(Tests, "Transcripts"), "*.json", SearchOption.AllDirectories)
        let name = Path.GetRelativePath(Path.Combine(Tests, "Transcripts"), file)
        from rule in (JsonArray)JsonNode.Parse(File.ReadAllText(file))!["proves"]!
        select (rule!.GetValue<string>(), $"[{name[..^5]}](../tests/Transcripts/{name})");

    private static IEnumerable<(string Rule, string Link)> Methods() =>
        from file in Directory.EnumerateFiles(Tests, "*.cs", SearchOption.AllDirectories)
        let name = Path.GetRelativePath(Tests, file)
        where !name.StartsWith("Shared", StringComparison.Ordinal)
        from match in Proof().Matches(File.ReadAllText(file))
        from rule in Quoted().Matches(match.Groups["rules"].Value)
        select (rule.Groups[1].Value, $"[{match.Groups["test"].Value.Replace('_', ' ')}](../tests/{name})");

    [GeneratedRegex(@"Proves\((?<rules>[^)]*)\)\](?:\s*\[[^\n]*\])*\s*public (?:async Task|void|Task) (?<test>\w+)")]
    private static partial Regex Proof();

    [GeneratedRegex("\"([^\"]+)\"")]
    private static partial Regex Quoted();
}
