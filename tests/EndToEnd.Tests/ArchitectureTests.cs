using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using EndToEnd.Harness;

namespace EndToEnd;

public sealed class ArchitectureTests
{
    [Fact]
    public void the_front_end_knows_the_client_and_neither_core_nor_database_nor_cache()
    {
        var references = References("Scim.Rest");

        Assert.Contains("Provisioning.Client", references);
        Assert.DoesNotContain(references, name => name == "Provisioning.Grpc"
            || name.StartsWith("Microsoft.EntityFrameworkCore", StringComparison.Ordinal)
                || name.StartsWith("Npgsql", StringComparison.Ordinal)
            || name.StartsWith("Microsoft.Data", StringComparison.Ordinal) || name.StartsWith("StackExchange", StringComparison.Ordinal));
    }

    [Fact]
    public void the_core_knows_neither_client_nor_front_end() =>
        Assert.DoesNotContain(References("Provisioning.Grpc"), name => name is "Provisioning.Client" or "Scim.Rest");

    [Fact]
    public void no_rpc_of_the_core_looks_at_http() =>
        Assert.DoesNotContain(Directory.EnumerateFiles(
            Path.Combine(RunningProgram.Root, "src", "Provisioning.Grpc"), "*.cs", SearchOption.AllDirectories),
            file => File.ReadAllText(file).Contains("HttpContext", StringComparison.Ordinal));

    private static List<string> References(string project)
    {
        var path = Path.Combine(
            RunningProgram.Root, "artifacts", "bin", project, new DirectoryInfo(AppContext.BaseDirectory).Name, project + ".dll");
        using var file = new PEReader(File.OpenRead(path));
        var metadata = file.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }
}
