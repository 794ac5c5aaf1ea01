using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Provisioning.Contract;
using Provisioning.V1;

namespace Provisioning.Teammates;

/// <summary>Rows as the contract's messages.</summary>
internal static class TeammateMessages
{
    /// <summary>A teammate as one caller sees it: external ids are per connection.</summary>
    public static V1.Teammate ToMessage(this Teammate row, string connectionId, IEnumerable<Warning>? warnings = null)
    {
        var profile = TeammateContent.ReadProfile(row);
        var grant = row.Grant is null ? null : StoredTemplates.Contents(row.Grant);
        var externalIds = TeammateContent.ReadExternalIds(row);
        var message = new V1.Teammate
        {
            Id = row.Id,
            State = row.State,
            Profile = profile,
            ExternalId = externalIds.GetValueOrDefault(connectionId, ""),
            ConnectionIds = { externalIds.Keys.Where(id => id.Length > 0).Order(StringComparer.Ordinal) },
            CompanyAdmin = row.CompanyAdmin,
            TemplateAssignment = row.Assignment is null ? null : StoredTemplates.Assignment(row.Assignment),
            Grant = grant,
            EffectiveLocale = profile.Locale.Length > 0 ? profile.Locale : grant?.Locale ?? "",
            EffectiveTimeZone = profile.TimeZone.Length > 0 ? profile.TimeZone : grant?.TimeZone ?? "",
            Version = row.Version,
            Etag = ETag.Of(row.Version),
            CreateTime = row.CreateTime.ToTimestamp(),
            UpdateTime = row.UpdateTime.ToTimestamp(),
            BlockTime = row.BlockTime?.ToTimestamp(),
        };
        message.Warnings.AddRange(warnings ?? []);
        return message;
    }

    /// <summary>Protobuf's JSON, as rows keep messages.</summary>
    public static string ToStored(this IMessage message) => JsonFormatter.Default.Format(message);
}
