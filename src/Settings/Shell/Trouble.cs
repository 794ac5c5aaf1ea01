using Grpc.Core;
using Provisioning.Client;
using Provisioning.V1;

namespace Settings.Shell;

/// <summary>What went wrong, in words for people.</summary>
/// <param name="Title">What it is.</param>
/// <param name="Detail">What to do.</param>
public sealed record Trouble(string Title, string Detail)
{
    /// <summary>The service could not be reached, or does not answer.</summary>
    public bool IsUnreachable { get; private init; }

    /// <summary>The session is over: nobody is signed in any more.</summary>
    public bool IsSignedOut { get; private init; }

    /// <summary>Somebody else was faster: what the page shows is out of date.</summary>
    public bool IsStale { get; private init; }

    /// <summary>There is no such thing, or not any more.</summary>
    public bool IsGone { get; private init; }

    /// <summary>The trouble behind a failed call.</summary>
    public static Trouble Of(ProvisioningException failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return failure switch
        {
            { Reason: ErrorReason.SessionEnded or ErrorReason.TokenMissing } =>
                new(Texts.Trouble_SignedOut, Texts.Trouble_SignedOut_Detail) { IsSignedOut = true },
            { Reason: ErrorReason.Unspecified } =>
                new(Texts.Trouble_Unreachable, Texts.Trouble_Unreachable_Detail) { IsUnreachable = true },
            { Reason: ErrorReason.StorageUnavailable } => new(Texts.Trouble_Storage, Texts.Trouble_Storage_Detail) { IsUnreachable = true },
            { Reason: ErrorReason.EtagMismatch or ErrorReason.ConcurrentWrite } =>
                new(Texts.Trouble_Stale, Texts.Trouble_Stale_Detail) { IsStale = true },
            { StatusCode: StatusCode.NotFound } => new(Texts.Trouble_Gone, failure.Message) { IsGone = true },
            { Reason: ErrorReason.Internal } => new(Texts.Trouble_Internal, Texts.Trouble_Internal_Detail),
            _ => new(Texts.Trouble_Refused, failure.Message),
        };
    }
}
