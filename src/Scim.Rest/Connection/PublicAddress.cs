namespace Scim.Connection;

/// <summary>How providers reach this service.</summary>
internal sealed class PublicAddress(ScimSettings settings)
{
    /// <summary>The SCIM base URL, without a slash at its end: configured, or as the request came.</summary>
    public string BaseUrl(HttpRequest request) =>
        (settings.PublicUrl?.ToString().TrimEnd('/') ?? $"{request.Scheme}://{request.Host}") + "/v2";
}
