using Google.Protobuf.Reflection;
using Google.Rpc;

namespace Provisioning.Contract;

/// <summary>Every type that a status detail may have: JSON transcoding writes a detail only when it finds its type here.</summary>
internal static class ErrorDetailTypes
{
    public static TypeRegistry Registry { get; } =
        TypeRegistry.FromMessages(ErrorInfo.Descriptor, BadRequest.Descriptor, ResourceInfo.Descriptor);
}
