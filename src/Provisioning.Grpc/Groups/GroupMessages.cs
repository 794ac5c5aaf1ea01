using Google.Protobuf.WellKnownTypes;
using Provisioning.Contract;

namespace Provisioning.Groups;

/// <summary>Rows as the contract's messages.</summary>
internal static class GroupMessages
{
    /// <summary>A group as one caller sees it: external ids are per connection.</summary>
    public static V1.TeammateGroup ToMessage(this TeammateGroup row, string? externalId) => new()
    {
        Id = row.Id,
        DisplayName = row.DisplayName,
        ExternalId = externalId ?? "",
        ManagedBy = row.ManagedBy ?? "",
        Version = row.Version,
        Etag = ETag.Of(row.Version),
        CreateTime = row.CreateTime.ToTimestamp(),
        UpdateTime = row.UpdateTime.ToTimestamp(),
    };
}
