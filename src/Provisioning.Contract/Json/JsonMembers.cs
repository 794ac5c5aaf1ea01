using System.Text.Json.Nodes;

namespace Provisioning.Json;

/// <summary>Members of JSON objects whose names come in any letter case (RFC 7643 section 2.1).</summary>
public static class JsonMembers
{
    /// <summary>A member's value; null when it is not there.</summary>
    public static JsonNode? Member(this JsonObject item, string name)
    {
        ArgumentNullException.ThrowIfNull(item);
        return item.FirstOrDefault(entry => entry.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
    }

    /// <summary>A name as it stands in an object; as given when it does not.</summary>
    public static string NameIn(this JsonObject item, string name)
    {
        ArgumentNullException.ThrowIfNull(item);
        return item.FirstOrDefault(entry => entry.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Key ?? name;
    }
}
