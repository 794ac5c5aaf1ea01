using Provisioning.V1;

namespace Provisioning.Writing;

/// <summary>The company that is written in, as it was when the write began.</summary>
/// <param name="Id">Its id.</param>
/// <param name="DisplayName">What people call it.</param>
/// <param name="ScimFeature">Whether identity providers may write.</param>
/// <param name="TemplatesFeature">Whether teammates are given templates.</param>
/// <param name="SeatLimit">How many teammates may be active; null for any number.</param>
/// <param name="GroupTakeover">What a provider's first write to an unmanaged group does.</param>
internal sealed record WrittenCompany(
    string Id, string DisplayName, bool ScimFeature, bool TemplatesFeature, long? SeatLimit, GroupTakeover GroupTakeover);
