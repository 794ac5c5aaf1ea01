using System.Text.Json.Serialization;
using Provisioning.V1;

namespace Provisioning.Access;

/// <summary>What the caches remember of a token: everything that admitting a call needs.</summary>
internal sealed record KnownToken(
    string Id, string? CompanyId, string Name, string ScopeNames, string ConnectionId, string ConnectionName, bool Strict,
    DateTimeOffset? ExpireTime, bool Revoked)
{
    [JsonIgnore]
    public IReadOnlyList<Scope> Scopes { get; } = Access.ScopeNames.Parse(ScopeNames);

    [JsonIgnore]
    public Actor.Types.Kind Kind =>
        Scopes.Contains(Scope.Operator) ? Actor.Types.Kind.Operator
        : CompanyId is null ? Actor.Types.Kind.Service
        : Actor.Types.Kind.ApiToken;

    /// <summary>What the log calls the caller: a provider by its connection, anybody else by the token.</summary>
    [JsonIgnore]
    public string CallerName => ConnectionName.Length > 0 ? ConnectionName : Name;
}
