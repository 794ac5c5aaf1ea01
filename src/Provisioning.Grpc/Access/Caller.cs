using Grpc.Core;
using Provisioning.Contract;
using Provisioning.V1;

namespace Provisioning.Access;

/// <summary>Who calls, as far as the token tells.</summary>
/// <param name="Kind">What kind of token it is.</param>
/// <param name="TokenId">The token's id, or a company admin's own; empty for the service itself.</param>
/// <param name="Name">What people call the caller.</param>
/// <param name="CompanyId">The company acted in; null when the caller named none.</param>
/// <param name="ConnectionId">The identity provider connection; empty for callers that are no provider.</param>
/// <param name="Scopes">What the token may do.</param>
internal sealed record Caller(
    Actor.Types.Kind Kind, string TokenId, string Name, string? CompanyId, string ConnectionId, IReadOnlyList<Scope> Scopes)
{
    private const string Key = "caller";

    /// <summary>The session of a company admin in the settings pages; empty for tokens.</summary>
    public string SessionId { get; init; } = "";

    /// <summary>Whether the caller's connection refuses what is outside RFC 7643 and 7644.</summary>
    public bool IsStrict { get; init; }

    /// <summary>A company admin in the settings pages. The log knows who it is by the teammate's id alone.</summary>
    public static Caller Admin(string companyId, string teammateId, string sessionId, IReadOnlyList<Scope> scopes) =>
        new(Actor.Types.Kind.Teammate, teammateId, "", companyId, "", scopes) { SessionId = sessionId };

    /// <summary>Whether a company admin calls, as a person.</summary>
    public bool IsCompanyAdmin => Kind == Actor.Types.Kind.Teammate;

    /// <summary>The service itself, acting in a company: its bootstrap file, its commands.</summary>
    public static Caller System(string? companyId) => new(Actor.Types.Kind.System, "", "the service", companyId, "", [Scope.Operator]);

    /// <summary>An identity provider: its blocks always win, and it needs the scim feature for anything else.</summary>
    public bool IsProvider => ConnectionId.Length > 0;

    /// <summary>Whoever runs the service.</summary>
    public bool IsOperator => Scopes.Contains(Scope.Operator);

    /// <summary>The company acted in.</summary>
    /// <exception cref="RpcException">COMPANY_REQUIRED.</exception>
    public string Company => CompanyId ?? throw Failures.CompanyRequired();

    /// <summary>The caller of a call whose token or session is known; null before that.</summary>
    public static Caller? Find(ServerCallContext context) => context.UserState.TryGetValue(Key, out var caller) ? (Caller)caller : null;

    /// <summary>Notes who calls.</summary>
    public static void Set(ServerCallContext context, Caller caller) => context.UserState[Key] = caller;
}

internal static class CallerOfContext
{
    /// <summary>The caller of a guarded call.</summary>
    public static Caller Caller(this ServerCallContext context) =>
        Access.Caller.Find(context) ?? throw new InvalidOperationException($"{context.Method} is not guarded.");
}
