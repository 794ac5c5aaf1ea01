using Google.Protobuf.WellKnownTypes;
using Provisioning.Contract;
using Provisioning.Templates;
using Provisioning.V1;

namespace Provisioning.Teammates;

/// <summary>Rows as the contract's messages.</summary>
internal static class TeammateMessages
{
    /// <summary>A teammate as one caller sees it: external ids are per connection.</summary>
    public static V1.Teammate ToMessage(
        this Teammate row, string connectionId, TeammateForm form = TeammateForm.Unspecified, IEnumerable<Warning>? warnings = null)
    {
        var externalIds = TeammateContent.ReadExternalIds(row);
        var message = new V1.Teammate
        {
            Id = row.Id,
            State = row.State,
            ExternalId = externalIds.GetValueOrDefault(connectionId, ""),
            Version = row.Version,
            Etag = ETag.Of(row.Version),
            CreateTime = row.CreateTime.ToTimestamp(),
            UpdateTime = row.UpdateTime.ToTimestamp(),
            BlockTime = row.BlockTime?.ToTimestamp(),
            Warnings = { warnings ?? [] },
        };
        if (form == TeammateForm.Scim)
        {
            message.ProfileJson = row.Profile;
            return message;
        }

        var (profile, grant) = (TeammateContent.ReadProfile(row), row.Grant is null ? null : StoredTemplates.Contents(row.Grant));
        message.Profile = profile;
        message.ConnectionIds.AddRange(externalIds.Keys.Where(id => id.Length > 0).Order(StringComparer.Ordinal));
        message.CompanyAdmin = row.CompanyAdmin;
        message.TemplateAssignment = row.Assignment is null ? null : StoredTemplates.Assignment(row.Assignment);
        message.Grant = grant;
        message.EffectiveLocale = profile.Locale.Length > 0 ? profile.Locale : grant?.Locale ?? "";
        message.EffectiveTimeZone = profile.TimeZone.Length > 0 ? profile.TimeZone : grant?.TimeZone ?? "";
        return message;
    }
}
