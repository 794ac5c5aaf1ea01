using Grpc.Core;
using Provisioning.Client;
using Scim.Tolerance;

namespace Scim.Connection;

/// <summary>The way to the core: over the wire from a process of our own, directly within Standalone.</summary>
internal sealed class CoreAccess(CallInvoker invoker)
{
    private const string CompanyHeader = "x-provisioning-company", ToleranceHeader = "x-provisioning-tolerances";

    /// <summary>A client that calls with the request's own credentials.</summary>
    public ProvisioningClient For(HttpRequest request, Tolerances? tolerances = null)
    {
        var authorization = request.Headers.Authorization.ToString();
        var company = request.Headers[CompanyHeader].ToString();
        var metadata = tolerances is { Used.Length: > 0 } ? new Metadata { { ToleranceHeader, tolerances.Used } } : null;
        return new(invoker, IsHeader(authorization) ? authorization : null, IsHeader(company) ? company : null, metadata);
    }

    /// <summary>Metadata is ASCII; anything else cannot be a token of ours and is as good as none.</summary>
    private static bool IsHeader(string value) => value.Length > 0 && value.All(letter => letter is >= ' ' and <= '~');
}
