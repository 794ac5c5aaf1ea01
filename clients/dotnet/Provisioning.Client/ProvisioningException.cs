using Google.Rpc;
using Grpc.Core;
using Provisioning.V1;

namespace Provisioning.Client;

/// <summary>A call failed. Decide by <see cref="Reason"/>, never by the message.</summary>
public sealed class ProvisioningException : Exception
{
    private const string Domain = "provisioning";

    private static readonly Dictionary<string, ErrorReason> Reasons = ErrorReasonReflection.Descriptor.EnumTypes[0].Values
        .ToDictionary(value => value.Name["ERROR_REASON_".Length..], value => (ErrorReason)value.Number);

    internal ProvisioningException(RpcException failure)
        : base(failure.Status.Detail, failure)
    {
        StatusCode = failure.StatusCode;
        var status = failure.GetRpcStatus();
        if (status?.GetDetail<ErrorInfo>() is { Domain: Domain } info)
        {
            Reason = Reasons.GetValueOrDefault(info.Reason);
            Metadata = info.Metadata;
        }

        if (status?.GetDetail<BadRequest>() is { } faults)
        {
            Faults = [.. faults.FieldViolations.Select(fault => new FieldFault(fault.Field, fault.Description))];
        }
    }

    /// <summary>The failure that a status within a reply stands for, such as a batch's result.</summary>
    public static ProvisioningException Of(Google.Rpc.Status status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return new(status.ToRpcException());
    }

    /// <summary>Why it failed; unspecified when the failure is not the service's own, such as a lost connection.</summary>
    public ErrorReason Reason { get; }

    /// <summary>The gRPC status code.</summary>
    public StatusCode StatusCode { get; }

    /// <summary>What the reason's comment in the contract promises, such as the present etag.</summary>
    public IDictionary<string, string> Metadata { get; } = new Dictionary<string, string>();

    /// <summary>Each faulty field, where <see cref="Reason"/> is INVALID_FIELD.</summary>
    public IReadOnlyList<FieldFault> Faults { get; } = [];
}

/// <summary>What is wrong with one field of a request.</summary>
/// <param name="Field">The field's path, by its SCIM name within a profile.</param>
/// <param name="Description">A sentence with the remedy.</param>
public sealed record FieldFault(string Field, string Description);
