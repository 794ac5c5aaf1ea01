using Provisioning.Groups;
using Provisioning.Storage;
using Provisioning.Writing;

namespace Provisioning.Teammates;

/// <summary>
/// The groups of a teammate who goes. They are locked first once the delete starts over: who waits for groups with a transaction number
/// already taken can lose against many writers of one group again and again.
/// </summary>
/// <param name="teammate">The teammate's id.</param>
internal sealed class GroupsOfTeammate(string teammate) : IPreload
{
    private int _attempts;

    public PreloadOrder Order => PreloadOrder.GroupsOfTeammate;

    public IEnumerable<Statement> Read(PreloadContext context, IReadOnlyList<IPreload> all) =>
        _attempts++ == 0 ? [] : [GroupRows.LockOf(context.Dialect, context.Caller, teammate)];
}
