using Grpc.Core;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.V1;
using Provisioning.Writing;
using Kind = Provisioning.V1.Change.Types.Kind;

namespace Provisioning.Groups;

/// <summary>What a group may be called, and who may write it.</summary>
internal static class GroupRules
{
    private const int MaxName = 300;

    /// <summary>Checks a name; it is kept as given.</summary>
    /// <exception cref="RpcException">INVALID_FIELD.</exception>
    public static void CheckName(string name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxName || !Folding.IsStorable(name))
        {
            throw Failures.InvalidField("displayName", $"displayName is required and must have 1 to {MaxName} characters, without U+0000.");
        }
    }

    /// <summary>Refuses a member that was to join and is no teammate of the company.</summary>
    /// <param name="id">The member's id.</param>
    /// <param name="place">Where it stands among the members of its step; null where that is not known.</param>
    public static RpcException NoTeammate(string id, int? place)
    {
        var field = place is null ? "members" : $"members[{place}]";
        return id.StartsWith(ResourceIds.Group + "_", StringComparison.Ordinal)
            ? Failures.InvalidField(
                field, $"{field} names {id}, which is a group. Groups within groups are not supported: add its teammates themselves.")
            : Failures.UnknownReference(field, "teammate", id);
    }

    /// <summary>
    /// Lets a caller write a group: its provider alone once one manages it. A provider's first write to a group that
    /// nobody manages takes it over, if the company lets it.
    /// </summary>
    /// <param name="write">The caller's write.</param>
    /// <param name="group">The group.</param>
    /// <param name="managerName">What the connection is called that manages it; null for none.</param>
    /// <exception cref="RpcException">GROUP_MANAGED.</exception>
    public static void Admit(Write write, TeammateGroup group, string? managerName)
    {
        var (caller, manager) = (write.Caller, group.ManagedBy);
        if (caller.IsProvider && manager is null)
        {
            if (write.Company.GroupTakeover == GroupTakeover.Refuse)
            {
                throw Failures.GroupTakeoverRefused(group.DisplayName);
            }

            group.ManagedBy = caller.ConnectionId;
            write.Change(write.CompanyId, Kind.GroupTakenOver, group.Id, group.Version + 1, "managedBy");
        }
        else if (manager is not null && (!caller.IsProvider || manager != caller.ConnectionId))
        {
            throw Failures.GroupManaged(group.DisplayName, manager, managerName ?? "an identity provider");
        }
    }
}
