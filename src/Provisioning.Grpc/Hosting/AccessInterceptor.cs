using Grpc.Core;
using Grpc.Core.Interceptors;
using Provisioning.Access;
using Provisioning.Contract;
using Provisioning.Tokens;

namespace Provisioning.Hosting;

/// <summary>
/// Answers who calls and whether they may, before any rpc runs: over gRPC, gRPC-Web, JSON and in process alike.
/// </summary>
internal sealed class AccessInterceptor(
    TokenDirectory tokens, RefusedTokens refused, SessionDirectory sessions, CompanyDirectory companies, TimeProvider time) : Interceptor
{
    private const int MaxTokenLength = 4_096;

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        await AdmitAsync(context);
        return await continuation(request, context);
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await AdmitAsync(context);
        var secret = context.RequestHeaders.GetValue(SessionCookie.SecretHeader);
        await continuation(request,
            Caller.Find(context) is { SessionId.Length: > 0 } ? new SessionStream<TResponse>(responseStream, sessions, secret!, time)
                : responseStream, context);
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await AdmitAsync(context);
        return await continuation(requestStream, context);
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await AdmitAsync(context);
        await continuation(requestStream, responseStream, context);
    }

    private async Task AdmitAsync(ServerCallContext context)
    {
        if (AccessRules.IsOpen(context.Method) || AccessRules.IsAnonymous(context.Method))
        {
            return;
        }

        var caller = await ResolveAsync(context);
        Caller.Set(context, caller);
        AccessRules.Check(context.Method, caller);
        if (caller.IsStrict && context.RequestHeaders.GetValue(CallHeaders.Tolerances) is { Length: > 0 } used)
        {
            throw Failures.ToleranceRefused(used);
        }
    }

    private async Task<Caller> ResolveAsync(ServerCallContext context)
    {
        var (headers, cancellation) = (context.RequestHeaders, context.CancellationToken);
        var secret = AuthorizationHeader.Token(headers.GetValue("authorization"));
        if (secret is null)
        {
            return await sessions.FindAsync(headers.GetValue(SessionCookie.SecretHeader) ?? throw Failures.TokenMissing(), cancellation);
        }

        var token = secret.Length > MaxTokenLength ? null : await tokens.FindAsync(secret, cancellation);
        if (token is null)
        {
            refused.Note(secret, context.Method);
            throw Failures.TokenUnknown(TokenSecret.IsMistyped(secret));
        }

        if (token.Revoked || token.ExpireTime <= time.GetUtcNow())
        {
            // Whose it was is known, so that their log tells them what is wrong.
            Caller.Set(context, CallerOf(token, token.CompanyId));
            throw token.Revoked ? Failures.TokenRevoked(token.Id) : Failures.TokenExpired(token.Id, token.ExpireTime!.Value);
        }

        return CallerOf(token, token.CompanyId ?? await NamedCompanyAsync(headers, cancellation));
    }

    private static Caller CallerOf(KnownToken token, string? company) =>
        new(token.Kind, token.Id, token.CallerName, company, token.ConnectionId, token.Scopes) { IsStrict = token.Strict };

    private async Task<string?> NamedCompanyAsync(Metadata headers, CancellationToken cancellation) =>
        headers.GetValue(CallHeaders.Company) is { Length: > 0 } named
            ? await companies.FindIdAsync(named, cancellation) ?? throw Failures.CompanyNotFound(named)
            : null;
}
