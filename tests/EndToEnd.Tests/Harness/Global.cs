using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Net.Client;

namespace EndToEnd.Harness;

/// <summary>Channels to servers, one an address.</summary>
public static class Global
{
    private static readonly ConcurrentDictionary<Uri, GrpcChannel> Channels = new();

    public static CallInvoker Channel(Uri address) => Channels.GetOrAdd(address, GrpcChannel.ForAddress).CreateCallInvoker();
}
