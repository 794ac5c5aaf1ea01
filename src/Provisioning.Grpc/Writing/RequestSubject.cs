using System.Text.Json;
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
        request is V1.CreateTeammateRequest { Teammate: { } teammate } ? UserNameIn(teammate) : "";

    /// <summary>The user name in a teammate as a request gives it; empty where none can be read.</summary>
    public static string UserNameIn(V1.Teammate teammate)
    {
        if (teammate.ContentCase != V1.Teammate.ContentOneofCase.ProfileJson)
        {
            return teammate.Profile?.UserName ?? "";
        }

        try
        {
            using var json = JsonDocument.Parse(teammate.ProfileJson);
            return json.RootElement.ValueKind != JsonValueKind.Object ? "" : json.RootElement.EnumerateObject()
                .Where(member => member.Name.Equals("userName", StringComparison.OrdinalIgnoreCase)
                    && member.Value.ValueKind == JsonValueKind.String)
                .Select(member => member.Value.GetString()!).FirstOrDefault("");
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return "";
        }
    }
}
