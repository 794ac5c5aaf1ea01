using Grpc.Core;
using Provisioning.Access;
using Provisioning.V1;

namespace Provisioning.Tokens;

/// <summary>The ApiTokens service.</summary>
internal sealed class TokenRpc(TokenOperations operations) : ApiTokens.ApiTokensBase
{
    public override Task<V1.ApiToken> CreateApiToken(CreateApiTokenRequest request, ServerCallContext context) =>
        operations.CreateAsync(context.Caller(), request, context.CancellationToken);

    public override Task<V1.ApiToken> GetApiToken(GetApiTokenRequest request, ServerCallContext context) =>
        operations.GetAsync(context.Caller(), request.Id, context.CancellationToken);

    public override Task<ListApiTokensResponse> ListApiTokens(ListApiTokensRequest request, ServerCallContext context) =>
        operations.ListAsync(context.Caller(), request, context.CancellationToken);

    public override Task<V1.ApiToken> RotateApiToken(RotateApiTokenRequest request, ServerCallContext context) =>
        operations.RotateAsync(context.Caller(), request, context.CancellationToken);

    public override Task<V1.ApiToken> RevealApiToken(RevealApiTokenRequest request, ServerCallContext context) =>
        operations.RevealAsync(context.Caller(), request.Id, context.CancellationToken);

    public override Task<V1.ApiToken> RevokeApiToken(RevokeApiTokenRequest request, ServerCallContext context) =>
        operations.RevokeAsync(context.Caller(), request, context.CancellationToken);
}
