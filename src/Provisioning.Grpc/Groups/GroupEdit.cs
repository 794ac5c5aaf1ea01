using System.Text.Json;
using Provisioning.Connections;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Storage;
using Provisioning.Writing;
using Kind = Provisioning.V1.Change.Types.Kind;
using Outcome = Provisioning.V1.LogEntry.Types.Outcome;

namespace Provisioning.Groups;

/// <summary>One write's changes to one locked group, and the traces they leave.</summary>
internal sealed class GroupEdit
{
    /// <summary>How many teammates one change, and one log entry, names.</summary>
    private const int MaxNamed = 1_000, MaxLogged = 100;

    private readonly Write _write;
    private readonly TeammateGroup _group;
    private readonly bool _isNew;
    private readonly (string Name, string? Manager, string ExternalId) _before;
    private string _externalId;

    private GroupEdit(Write write, TeammateGroup group, (string Name, string? Manager, string ExternalId) before, bool isNew) =>
        (_write, _group, _before, _isNew, _externalId) = (write, group, before, isNew, before.ExternalId);

    /// <summary>Begins with a group that is not there yet.</summary>
    public static GroupEdit OfNew(Write write, TeammateGroup group) => new(write, group, ("", null, ""), isNew: true);

    /// <summary>Begins with a group that is locked, and lets the caller write it.</summary>
    /// <param name="write">The write.</param>
    /// <param name="group">The group.</param>
    /// <param name="locked">What was read of it behind its lock.</param>
    /// <exception cref="Grpc.Core.RpcException">GROUP_MANAGED.</exception>
    public static GroupEdit OfPresent(Write write, TeammateGroup group, GroupLock locked)
    {
        var before = (group.DisplayName, group.ManagedBy, locked.ExternalId ?? "");
        GroupRules.Admit(write, group, locked.ManagerName);
        return new(write, group, before, isNew: false);
    }

    /// <summary>Gives the group a checked name.</summary>
    public void Rename(string name)
    {
        _group.DisplayName = name;
        _group.DisplayNameFolded = Folding.Fold(name);
        _write.OnDuplicate("display_name_folded", () => Failures.GroupNameTaken(name, managed: false));
    }

    /// <summary>Sets or, with an empty text, removes the id by which the caller's connection knows the group.</summary>
    public void SetExternalId(string externalId)
    {
        ExternalIds.Check(externalId);
        _externalId = externalId;
    }

    /// <summary>
    /// Moves members and leaves the edit's traces: a new version with its changes and log entry, or the note that it was so already.
    /// </summary>
    /// <param name="members">How members move.</param>
    /// <param name="unknown">Names of attributes that were passed over.</param>
    public async Task<V1.TeammateGroup> FinishAsync(IMemberMoves members, UnknownNames unknown)
    {
        var (added, removed) = await members.CarryOutAsync(_write);
        var differences = Differences(added, removed);
        V1.Warning[] warnings = unknown.Warn(_write, null, areKept: false) is { } warning ? [warning] : [];
        if (differences.Count == 0)
        {
            _write.Log(Outcome.Unchanged, _group.Id, _group.DisplayName, warnings);
            return _group.ToMessage(_externalId);
        }

        if (!_isNew)
        {
            _group.Version++;
            _group.UpdateTime = Clock.After(_group.UpdateTime, _write.Now);
            _write.Edit(GroupRows.Update.On(_write.Dialect), _group);
        }

        if (_isNew || differences.Any(difference => difference.Attribute is "displayName" or "externalId"))
        {
            _write.Change(_write.CompanyId, _isNew ? Kind.GroupCreated : Kind.GroupUpdated, _group.Id, _group.Version,
                differences.Select(difference => difference.Attribute));
        }

        if (_externalId != _before.ExternalId)
        {
            _write.Finally(GroupRows.SetExternalId(_group, _write.Caller.ConnectionId, _externalId));
        }

        Announce(Kind.GroupMemberAdded, added);
        Announce(Kind.GroupMemberRemoved, removed);
        _write.Log(Outcome.Done, _group.Id, _group.DisplayName, warnings, differences);
        return _group.ToMessage(_externalId);
    }

    private void Announce(Kind kind, IReadOnlyList<string> teammates)
    {
        foreach (var some in teammates.Chunk(MaxNamed))
        {
            _write.Change(_write.CompanyId, kind, _group.Id, _group.Version, some);
        }
    }

    private List<LogDifference> Differences(IReadOnlyList<string> added, IReadOnlyList<string> removed)
    {
        var differences = new List<LogDifference>();
        void Note(string attribute, string? before, string? after)
        {
            if ((before ?? "") != (after ?? ""))
            {
                differences.Add(new(attribute, Text(before), Text(after)));
            }
        }

        Note("displayName", _before.Name, _group.DisplayName);
        Note("externalId", _before.ExternalId, _externalId);
        Note("managedBy", _before.Manager, _group.ManagedBy);
        if (added.Count + removed.Count > 0)
        {
            differences.Add(new("members", List(removed), List(added)));
        }

        return differences;
    }

    private static string? Text(string? value) => string.IsNullOrEmpty(value) ? null : JsonSerializer.Serialize(value);

    private static string? List(IReadOnlyList<string> teammates) => teammates.Count == 0 ? null
        : JsonSerializer.Serialize(
            teammates.Count <= MaxLogged ? teammates : [.. teammates.Take(MaxLogged), $"and {teammates.Count - MaxLogged} more"]);
}
