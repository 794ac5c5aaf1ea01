
namespace Provisioning.Writing;

/// <summary>The reply to a write that named a request_id, kept for a day to be given again.</summary>
internal sealed class IdempotentReply
{
    /// <summary>The company, or "" for writes that belong to none.</summary>
    public required string CompanyId { get; init; }

    public required string Method { get; init; }
    public required string RequestId { get; init; }

    /// <summary>SHA-256 of the request, so that the same id with another body is noticed.</summary>
    public required byte[] RequestHash { get; init; }

    /// <summary>The reply under the Data Protection ring: it may hold a token's value.</summary>
    public required byte[] Reply { get; init; }

    public DateTimeOffset Time { get; init; }
}
