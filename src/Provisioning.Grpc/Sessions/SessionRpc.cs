using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Provisioning.Access;
using Provisioning.V1;

namespace Provisioning.Sessions;

/// <summary>The Sessions service: wire in, one call, wire out.</summary>
internal sealed class SessionRpc(SessionOperations operations) : V1.Sessions.SessionsBase
{
    public override Task<V1.SignInLink> CreateSignInLink(CreateSignInLinkRequest request, ServerCallContext context) =>
        operations.CreateLinkAsync(context.Caller(), request, context.CancellationToken);

    public override async Task<V1.Session> CreateSession(CreateSessionRequest request, ServerCallContext context)
    {
        var cookie = SessionCookie.For(context.RequestHeaders);
        var (session, secret) = await operations.CreateAsync(request, context.CancellationToken);
        if (!request.ValidateOnly)
        {
            await context.WriteResponseHeadersAsync(new() { { "set-cookie", cookie.Set(secret) } });
        }

        return session;
    }

    public override Task<V1.Session> GetSession(GetSessionRequest request, ServerCallContext context) =>
        operations.GetAsync(context.Caller(), request.Id, context.CancellationToken);

    public override Task<ListSessionsResponse> ListSessions(ListSessionsRequest request, ServerCallContext context) =>
        operations.ListAsync(context.Caller(), request, context.CancellationToken);

    public override Task<Empty> DeleteSession(DeleteSessionRequest request, ServerCallContext context) =>
        operations.DeleteAsync(context.Caller(), request, context.CancellationToken);
}
