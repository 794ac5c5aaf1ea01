using Provisioning.V1;
using Settings.Shell;

namespace Settings.Connect;

/// <summary>What connections are called.</summary>
internal static class ConnectionNames
{
    /// <summary>A connection's name; its id as long as the name was not read.</summary>
    public static string NameOf(this Fetched<ListConnectionsResponse> connections, string id) =>
        connections.Value?.Connections.FirstOrDefault(each => each.Id == id)?.Name ?? id;

    /// <summary>The names of several, with commas.</summary>
    public static string NamesOf(this Fetched<ListConnectionsResponse> connections, IEnumerable<string> ids) =>
        string.Join(", ", ids.Select(connections.NameOf));
}
