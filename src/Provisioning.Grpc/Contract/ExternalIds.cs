namespace Provisioning.Contract;

/// <summary>Ids by which identity providers know teammates and groups.</summary>
internal static class ExternalIds
{
    private const int MaxLength = 1_000;

    /// <summary>Checks an external id.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_FIELD.</exception>
    public static void Check(string externalId)
    {
        if (externalId.Length > MaxLength)
        {
            throw Failures.InvalidField("externalId", $"externalId must be at most {MaxLength} characters.");
        }
    }
}
