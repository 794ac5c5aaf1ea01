using Provisioning.Client;
using Scim.Connection;
using Scim.Tolerance;

namespace Scim.Wire;

/// <summary>Everything about a request but its body: who calls, on what conditions, and what is to be shown.</summary>
internal sealed record ScimCall
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Makes clients with the request's credentials.</summary>
    public required CallerCredentials Caller { get; init; }

    /// <summary>The SCIM base URL, without a slash at its end.</summary>
    public required string BaseUrl { get; init; }

    /// <summary>On which versions it is to be done.</summary>
    public Conditions Conditions { get; init; } = Conditions.None;

    /// <summary>Which attributes the reply shows.</summary>
    public Projection Projection { get; init; } = Projection.Everything;

    /// <summary>Whether the resource itself goes nowhere, as in a bulk request, so that its members need not be read.</summary>
    public bool WithoutBody { get; init; }

    /// <summary>In spite of what it was understood.</summary>
    public Tolerances Tolerances { get; init; } = new();

    /// <summary>Ends when nobody waits for the answer.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>When a call of the core that starts now is given up.</summary>
    public static DateTime Deadline => DateTime.UtcNow + Patience;

    /// <summary>A client that names the tolerances used so far.</summary>
    public ProvisioningClient Core => Caller.Client(Tolerances);

    /// <summary>The call that an HTTP request makes.</summary>
    public static ScimCall Of(HttpContext context, CancellationToken cancellation)
    {
        var (request, services) = (context.Request, context.RequestServices);
        return new()
        {
            Caller = services.GetRequiredService<CoreAccess>().CredentialsOf(request),
            BaseUrl = services.GetRequiredService<PublicAddress>().BaseUrl(request),
            Conditions = Conditions.Of(request.Headers),
            Projection = Projection.Of(request.Query["attributes"].ToString(), request.Query["excludedAttributes"].ToString()),
            Cancellation = cancellation,
        };
    }
}
