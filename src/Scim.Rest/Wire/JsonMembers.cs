using System.Text.Json.Nodes;

namespace Scim.Wire;

/// <summary>Members of JSON objects whose names come in any letter case (RFC 7643 section 2.1).</summary>
internal static class JsonMembers
{
    /// <summary>A member's value; null when it is not there.</summary>
    public static JsonNode? Member(this JsonObject item, string name) =>
        item.FirstOrDefault(entry => entry.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

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

    /// <summary>A name as it stands in an object; as given when it does not.</summary>
    public static string NameIn(this JsonObject item, string name) =>
        item.FirstOrDefault(entry => entry.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Key ?? name;
}
