using System.Text.RegularExpressions;

namespace Provisioning.Tests;

/// <summary>
/// The core's folders are floors of one house. What a folder imports stands below it, so that whoever reads a folder need not know what
/// stands above, and no two folders know each other.
/// </summary>
public sealed partial class FloorTests
{
    /// <summary>
    /// From the ground up. The root folder, which puts the house together, is above all of them; its settings may be read anywhere.
    /// </summary>
    private static readonly string[] Floors =
    [
        "Storage", "Contract", "Jobs", "Access", "Lists", "Changes", "Writing",
        "Connections", "Groups", "Templates", "Companies", "Teammates", "Sessions", "Tokens", "Log",
        "Transcoding", "Hosting",
    ];

    /// <summary>How a source that does not import a folder can still name its types.</summary>
    private static readonly Dictionary<string, Regex> Qualified = Floors.ToDictionary(
        folder => folder, folder => new Regex($@"(?<![\w.]){folder}\.(?:{string.Join('|', TypesIn(folder).Append("-"))})\b"));

    private static readonly string Root = Path.Combine(RepositoryOf(new(AppContext.BaseDirectory)), "src", "Provisioning.Grpc");

    public static TheoryData<string> Folders => [.. Directory.EnumerateFiles(Root, "*.cs", SearchOption.AllDirectories)
        .Select(file => FolderOf(file)).Where(folder => folder.Length > 0).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Migrations are generated, and name the tables' classes.</summary>
    [Theory, MemberData(nameof(Folders))]
    public void a_folder_imports_only_what_stands_below_it(string folder)
    {
        var floor = Array.IndexOf(Floors, folder);
        Assert.True(floor >= 0, $"{folder} has no floor: name it where it stands.");

        var upwards = Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains(
                $"{Path.DirectorySeparatorChar}Migrations{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file => ImportsIn(File.ReadAllText(file))
                .Select(import => (File: Path.GetRelativePath(Root, file), Import: import)))
            .Where(each => Array.IndexOf(Floors, each.Import) > floor);

        Assert.Empty(upwards);
    }

    private static IEnumerable<string> ImportsIn(string source) =>
        Floors.Where(folder => Import().Matches(source).Any(match => match.Groups["folder"].Value == folder)
            || Qualified[folder].IsMatch(source));

    private static string FolderOf(string file) =>
        Path.GetRelativePath(Root, file).Split(Path.DirectorySeparatorChar) is [var folder, _, ..] ? folder : "";

    private static string RepositoryOf(DirectoryInfo folder) =>
        File.Exists(Path.Combine(folder.FullName, "Provisioning.sln")) ? folder.FullName
            : RepositoryOf(folder.Parent ?? throw new InvalidOperationException("The tests do not run within the repository."));

    [GeneratedRegex(@"\bProvisioning\.(?<folder>\w+)")]
    private static partial Regex Import();

    private static IEnumerable<string> TypesIn(string folder) => typeof(CoreSettings).Assembly.GetTypes()
        .Where(type => type.Namespace == $"Provisioning.{folder}").Select(type => Regex.Escape(type.Name.Split('`')[0]));
}
