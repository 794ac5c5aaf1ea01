using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Web;
using Microsoft.AspNetCore.Components;
using Provisioning.Client;

namespace Settings.Shell;

/// <summary>
/// The core as the pages call it: by the generated client over gRPC-Web, at the address that the pages came from. The
/// browser adds the session's cookie; the pages never see it.
/// </summary>
public sealed class Core : IDisposable
{
    /// <summary>How long a call may take before the page says that the service does not answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly GrpcChannel _channel;
    private readonly Uri _address;

    public Core(NavigationManager navigation)
    {
        ArgumentNullException.ThrowIfNull(navigation);
        _address = new(navigation.BaseUri);
        _channel = GrpcChannel.ForAddress(navigation.BaseUri, new GrpcChannelOptions
        {
            HttpHandler = new GrpcWebHandler(GrpcWebMode.GrpcWeb, new HttpClientHandler()),
            MaxReceiveMessageSize = ProvisioningClient.MaxReceiveMessageSize,
        });
        Client = new(_channel.CreateCallInvoker(), authorization: null);
    }

    /// <summary>The generated client.</summary>
    public ProvisioningClient Client { get; }

    /// <summary>Where SCIM is, from what the company says: its own address, or a path at this one; null when nobody knows.</summary>
    public Uri? ScimUrl(Provisioning.V1.Company company)
    {
        ArgumentNullException.ThrowIfNull(company);
        return company.ScimUrl.Length == 0 ? null : new(_address, company.ScimUrl);
    }

    /// <summary>The options of one call that ends with the page.</summary>
    public static CallOptions Call(CancellationToken gone) => new(deadline: DateTime.UtcNow + Patience, cancellationToken: gone);

    public void Dispose()
    {
        Client.Dispose();
        _channel.Dispose();
    }
}
