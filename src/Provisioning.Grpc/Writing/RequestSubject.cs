using Google.Protobuf;

namespace Provisioning.Writing;

/// <summary>What and whom a request is about, so that its refusal is found there.</summary>
internal static class RequestSubject
{
    /// <summary>
    /// The resource that a request names by its `id`, or by that of the resource inside; and the user name in it. Empty for none.
    /// </summary>
    public static (string ResourceId, string UserName) Of(object request) =>
        request is IMessage message ? (IdIn(message), UserNameIn(message)) : ("", "");

    private static string IdIn(IMessage request)
    {
        foreach (var field in request.Descriptor.Fields.InDeclarationOrder())
        {
            switch (field.Accessor.GetValue(request))
            {
                case string id when field.Name is "id" or "teammate_id":
                    return id;
                case IMessage inner when inner.Descriptor.FindFieldByName("id") is { } innerId:
                    return (string)innerId.Accessor.GetValue(inner);
            }
        }

        return "";
    }

    private static string UserNameIn(IMessage request) =>
        request is V1.CreateTeammateRequest create ? create.Teammate?.Profile?.UserName ?? "" : "";
}
