using System.Net;

namespace Scim.Connection;

/// <summary>The front end's settings, checked as they are read.</summary>
internal sealed record ScimSettings
{
    /// <summary>`Core:Address`: where the core's gRPC is.</summary>
    public required Uri Core { get; init; }

    /// <summary>`Scim:PublicUrl`: how providers reach this service, such as https://scim.example.com; null to go by the request.</summary>
    public required Uri? PublicUrl { get; init; }

    /// <summary>`Proxies:Known`: addresses of proxies whose forwarded headers are believed.</summary>
    public required IReadOnlyList<IPAddress> Proxies { get; init; }

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="ScimSettingException">One is wrong.</exception>
    public static ScimSettings Read(IConfiguration configuration)
    {
        var proxies = (configuration["Proxies:Known"] ?? "").Split(
            ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new()
        {
            Core = Url(configuration, "Core:Address") ?? new("http://127.0.0.1:5081"),
            PublicUrl = Url(configuration, "Scim:PublicUrl"),
            Proxies = [.. proxies.Select(text => IPAddress.TryParse(text, out var address)
                ? address
                : throw new ScimSettingException(
                    $"Proxies:Known has \"{text}\"; list the IP addresses of your proxies, separated by commas."))],
        };
    }

    private static Uri? Url(IConfiguration configuration, string key)
    {
        if (configuration[key] is not { Length: > 0 } text)
        {
            return null;
        }

        return Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw new ScimSettingException($"{key} is \"{text}\"; set it to a URL such as https://scim.example.com.");
    }
}

/// <summary>A setting is wrong. The message is one sentence that names the key and the remedy.</summary>
public sealed class ScimSettingException(string message) : Exception(message);
