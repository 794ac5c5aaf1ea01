using Provisioning.V1;

namespace Provisioning.Access;

/// <summary>A bearer secret with scopes. Without a company it is an operator's or an internal service's.</summary>
internal sealed class ApiToken
{
    public required string Id { get; init; }
    public string? CompanyId { get; init; }
    public required string Name { get; init; }

    /// <summary>The scopes' names, separated by spaces.</summary>
    public required string Scopes { get; set; }

    public string? ConnectionId { get; init; }

    /// <summary>SHA-256 of the secret: the look-up key.</summary>
    public required byte[] SecretHash { get; init; }

    /// <summary>The secret under the Data Protection ring, to reveal it again.</summary>
    public required string SecretProtected { get; init; }

    public required string SecretHint { get; init; }

    /// <summary>What people call the token or service that made it; for a company admin, the teammate's id.</summary>
    public required string CreatedBy { get; init; }

    public DateTimeOffset CreateTime { get; init; }
    public DateTimeOffset? ExpireTime { get; set; }
    public DateTimeOffset? FirstUseTime { get; set; }
    public DateTimeOffset? LastUseTime { get; set; }
    public DateTimeOffset? RevokeTime { get; set; }

    /// <summary>The token that takes its place; null until it is rotated.</summary>
    public string? ReplacedBy { get; set; }

    /// <summary>Names of scopes as stored, as their values.</summary>
    public IReadOnlyList<Scope> ScopeList => ScopeNames.Parse(Scopes);
}
