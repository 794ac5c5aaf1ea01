using Grpc.Core;
using Provisioning.Client;
using Scim.Tolerance;

namespace Scim.Connection;

/// <summary>The way to the core: over the wire from a process of our own, directly within Standalone.</summary>
internal sealed class CoreAccess(CallInvoker invoker)
{
    private const string CompanyHeader = "x-provisioning-company";

    /// <summary>The credentials that a request came with.</summary>
    public CallerCredentials CredentialsOf(HttpRequest request) =>
        new(invoker, Header(request.Headers.Authorization.ToString()), Header(request.Headers[CompanyHeader].ToString()));

    /// <summary>Metadata is ASCII; anything else cannot be a token of ours and is as good as none.</summary>
    private static string? Header(string value) => value.Length > 0 && !value.AsSpan().ContainsAnyExceptInRange(' ', '~') ? value : null;
}

/// <summary>Who calls, as far as the front end passes it on.</summary>
internal sealed class CallerCredentials(CallInvoker invoker, string? authorization, string? company)
{
    private const string ToleranceHeader = "x-provisioning-tolerances";

    /// <summary>A client that calls with these credentials, and names the tolerances used.</summary>
    public ProvisioningClient Client(Tolerances? tolerances = null) => new(invoker, authorization, company,
        tolerances is { Used.Length: > 0 } ? new Metadata { { ToleranceHeader, tolerances.Used } } : null);
}
