using Provisioning.Access;
using Provisioning.Filtering;
using Provisioning.Storage;
using Provisioning.Writing;

namespace Provisioning.Groups;

/// <summary>The one group that a write is about: read and locked as the write begins.</summary>
/// <param name="caller">Who writes.</param>
/// <param name="column">By what it is looked for: <see cref="ById"/> or <see cref="ByName"/>.</param>
/// <param name="value">The column's value.</param>
internal sealed class GroupLock(Caller caller, string column, string value) : IPreload
{
    public const string ById = "id", ByName = "display_name_folded";

    private TeammateGroup? _group;
    private bool _isOvertaken;

    /// <summary>The group; null when there is none.</summary>
    /// <exception cref="WriteRaced">A later transaction has written it.</exception>
    public TeammateGroup? Group => _isOvertaken ? throw new WriteRaced() : _group;

    /// <summary>Whether it is there, and ours to write.</summary>
    public bool IsHeld => _group is not null && !_isOvertaken;

    /// <summary>The id by which the caller's connection knows it; null for none.</summary>
    public string? ExternalId { get; private set; }

    /// <summary>What the connection is called that manages it; null for none.</summary>
    public string? ManagerName { get; private set; }

    public PreloadOrder Order => PreloadOrder.Groups;

    /// <summary>All are looked for by the same column: writes that look by name share no transaction.</summary>
    public IEnumerable<Statement> Read(PreloadContext context, IReadOnlyList<IPreload> all)
    {
        var (dialect, locks) = (context.Dialect, all.Cast<GroupLock>().ToList());
        foreach (var each in locks)
        {
            (each._group, each._isOvertaken, each.ExternalId, each.ManagerName) = (null, false, null, null);
        }

        var byValue = locks.Where(each => Folding.IsStorable(each.Value)).ToDictionary(each => each.Value, StringComparer.Ordinal);
        if (byValue.Count == 0)
        {
            return [];
        }

        var (company, column) = (locks[0].Company, locks[0].Column);
        var ids = byValue.Count == 1 ? byValue.Keys.First() : dialect.TextsOf(byValue.Keys);
        return
        [
            GroupRows.Lock(dialect, company, column, byValue.Count, ids, context.SkipLocked,
                group => byValue[column == ById ? group.Id : group.DisplayNameFolded]._group = group),
            GroupRows.BehindLock(dialect, company, column, byValue.Count, ids,
                (found, isOvertaken, manager, externalIds) => byValue[found].Take(isOvertaken, manager, externalIds)),
        ];
    }

    private string Company => caller.Company;

    private string Column => column;

    private string Value => value;

    private void Take(bool isOvertaken, string? manager, IReadOnlyDictionary<string, string> externalIds) =>
        (_isOvertaken, ManagerName, ExternalId) = (isOvertaken, manager, externalIds.GetValueOrDefault(caller.ConnectionId));
}
