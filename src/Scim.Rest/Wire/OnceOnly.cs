using System.Text.Json.Nodes;

namespace Scim.Wire;

/// <summary>Objects whose members come in any letter case, each once (RFC 7643 section 2.1).</summary>
internal static class OnceOnly
{
    /// <summary>Refuses an object that has a member twice, in two letter cases: nobody could tell which one is meant.</summary>
    /// <exception cref="ScimException">It has.</exception>
    public static void RequireEachOnce(this JsonObject item)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, _) in item)
        {
            if (!names.Add(name))
            {
                throw ScimException.Syntax($"\"{name}\" is there twice, in two letter cases. Send it once.");
            }
        }
    }
}
