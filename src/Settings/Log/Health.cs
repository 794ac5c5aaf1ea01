using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Provisioning.Client;
using Provisioning.V1;

namespace Settings.Log;

/// <summary>How a connection does: what it asked in the last day, and what of it was refused.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="Asked">How many requests the log has of the last day.</param>
/// <param name="Refused">How many of them were refused.</param>
internal sealed record Health(Connection Connection, long Asked, long Refused)
{
    private const int ManyInHundred = 20;

    /// <summary>How it looks.</summary>
    public string Kind =>
        Connection.LastUseTime is null ? "plain" : Refused == 0 ? "good" : Refused * 100 >= Asked * ManyInHundred ? "bad" : "warn";

    /// <summary>How it is said.</summary>
    public string Word =>
        Connection.LastUseTime is null ? Texts.Health_New : Refused == 0 ? Texts.Health_Good : Refused * 100 >= Asked * ManyInHundred
            ? Texts.Health_Bad : Texts.Health_Some;

    /// <summary>Reads it for every connection.</summary>
    /// <exception cref="ProvisioningException">What every call may fail with.</exception>
    public static async Task<IReadOnlyList<Health>> ReadAsync(ProvisioningClient client, Func<CallOptions> call)
    {
        var connections = (await client.Connections.ListConnectionsAsync(new() { PageSize = 1000 }, call())).Connections;
        return await Task.WhenAll(connections.Select(async connection =>
        {
            var day = (await client.Log.CountLogEntriesAsync(new()
            {
                StartTime = DateTime.UtcNow.AddDays(-1).ToTimestamp(),
                Span = Duration.FromTimeSpan(TimeSpan.FromHours(25)),
                SpanCount = 1,
                ConnectionId = connection.Id,
            }, call())).Spans[0];
            return new Health(connection, day.Done + day.Unchanged + day.Refused, day.Refused);
        }));
    }
}
