namespace Provisioning.Access;

/// <summary>A company admin signed in to the settings pages. The secret itself is in the browser's cookie alone.</summary>
internal sealed class Session
{
    public required string CompanyId { get; init; }
    public required string Id { get; init; }

    /// <summary>SHA-256 of the secret: from it the session is found, whatever the company.</summary>
    public required byte[] SecretHash { get; init; }

    public required string TeammateId { get; init; }
    public DateTimeOffset CreateTime { get; init; }

    /// <summary>To the minute.</summary>
    public DateTimeOffset LastUseTime { get; set; }

    public DateTimeOffset ExpireTime { get; init; }
}

/// <summary>A link that opens one session, once. It goes when it is used.</summary>
internal sealed class SignInLink
{
    public required byte[] SecretHash { get; init; }
    public required string CompanyId { get; init; }
    public required string TeammateId { get; init; }
    public DateTimeOffset ExpireTime { get; init; }
}
