using System.Security.Cryptography;
using Google.Protobuf;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Contract;
using Provisioning.Storage;

namespace Provisioning.Writing;

/// <summary>Gives a repeated request_id its first reply again (AIP-155), for 24 hours.</summary>
internal sealed class IdempotentReplies(IDataProtectionProvider protection)
{
    public static readonly TimeSpan KeepTime = TimeSpan.FromHours(24);

    private readonly IDataProtector _protector = protection.CreateProtector("idempotent replies");

    /// <summary>Refuses a request_id that is no UUID.</summary>
    public static void Check(string requestId)
    {
        if (requestId.Length > 0 && !Guid.TryParseExact(requestId, "D", out _))
        {
            throw Failures.InvalidField("request_id", "request_id must be a UUID, such as 0192f0c1-2a3b-7c4d-8e5f-60718293a4b5.");
        }
    }

    public async Task<TReply?> FindAsync<TReply>(ProvisioningDb db, Caller caller, WriteRequest request, CancellationToken cancellation)
        where TReply : class, IMessage<TReply>, new()
    {
        if (request.RequestId.Length == 0)
        {
            return null;
        }

        var (company, id) = (caller.CompanyId ?? "", Id(request));
        var kept = await db.Set<IdempotentReply>().AsNoTracking().SingleOrDefaultAsync(
            row => row.CompanyId == company && row.Method == request.Method && row.RequestId == id, cancellation);
        if (kept is null)
        {
            return null;
        }

        return kept.RequestHash.AsSpan().SequenceEqual(Hash(caller, request))
            ? new MessageParser<TReply>(() => new TReply()).ParseFrom(_protector.Unprotect(kept.Reply))
            : throw Failures.RequestIdReused();
    }

    public IdempotentReply Keep(Caller caller, WriteRequest request, IMessage reply, DateTimeOffset now) => new()
    {
        CompanyId = caller.CompanyId ?? "",
        Method = request.Method,
        RequestId = Id(request),
        RequestHash = Hash(caller, request),
        Reply = _protector.Protect(reply.ToByteArray()),
        Time = now,
    };

    private static string Id(WriteRequest request) => request.RequestId.ToLowerInvariant();

    /// <summary>The caller's rights belong to the request: the same id by another token is another request.</summary>
    private static byte[] Hash(Caller caller, WriteRequest request) =>
        SHA256.HashData([.. TokenBytes(caller), .. request.Request.ToByteArray()]);

    private static byte[] TokenBytes(Caller caller) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(caller.TokenId));
}
