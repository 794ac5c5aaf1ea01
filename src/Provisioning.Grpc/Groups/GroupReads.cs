using System.Runtime.CompilerServices;
using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Lists;
using Provisioning.Schemas;
using Provisioning.Storage;
using Provisioning.V1;

namespace Provisioning.Groups;

/// <summary>Reads groups of the caller's company. Members are read by page or streamed, never with the group.</summary>
internal sealed class GroupReads(
    ProvisioningDb db, StorageConnections connections, Dialect dialect, SealedTokens tokens, ListReader lists)
{
    private const int MaxIds = 1_000, Chunk = 1_000;

    public async Task<V1.TeammateGroup> GetAsync(Caller caller, string id, CancellationToken cancellation)
    {
        var row = await FindAsync(caller, id, cancellation);
        return row.ToMessage((await ExternalIdsAsync(caller, [row], cancellation)).GetValueOrDefault(row.Id));
    }

    public async Task<ListTeammateGroupsResponse> ListAsync(
        Caller caller, ListTeammateGroupsRequest request, CancellationToken cancellation)
    {
        var source = new ListSource<TeammateGroup>(ResourceType.Group, "teammate_groups", "g", new GroupFilter(dialect, caller))
        {
            Columns = _ => GroupRows.Columns,
            Read = GroupRows.Read,
            IdOf = row => row.Id,
            SizeOf = row => row.DisplayName.Length,
        };
        var asked = ListRequest.Read(request.PageSize, request.PageToken, request.Skip, request.Filter, request.OrderBy) with
        {
            CountOnly = request.CountOnly,
            ContinueWalk = request.ContinueWalk,
            UndefinedIsAbsent = request.UndefinedIsAbsent,
        };
        var listed = await lists.ReadAsync(caller, source, asked, cancellation);
        var externalIds = await ExternalIdsAsync(caller, listed.Rows, cancellation);
        var response = new ListTeammateGroupsResponse { NextPageToken = listed.NextToken, TotalSize = listed.Total };
        response.TeammateGroups.AddRange(listed.Rows.Select(row => row.ToMessage(externalIds.GetValueOrDefault(row.Id))));
        return response;
    }

    public async Task<ListTeammateGroupMembersResponse> ListMembersAsync(
        Caller caller, ListTeammateGroupMembersRequest request, CancellationToken cancellation)
    {
        var group = await FindAsync(caller, request.Id, cancellation);
        var list = $"members/{caller.Company}/{group.Id}";
        var page = Page.Read(tokens, list, request.PageSize, request.PageToken, 0);
        var response = new ListTeammateGroupMembersResponse();
        var rows = await MembersAsync(caller.Company, group.Id, page.After, page.Size + 1, cancellation);
        (rows, response.NextPageToken) = page.Cut(tokens, list, rows, row => row.TeammateId);
        response.Members.AddRange(rows);
        if (request.WithTotal)
        {
            response.TotalSize = await db.Set<TeammateGroupMember>().LongCountAsync(
                row => row.CompanyId == caller.Company && row.GroupId == group.Id, cancellation);
        }

        return response;
    }

    /// <summary>The members of groups, some at a time.</summary>
    public async IAsyncEnumerable<StreamTeammateGroupMembersResponse> StreamMembersAsync(
        Caller caller, StreamTeammateGroupMembersRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (request.Ids.Count > MaxIds)
        {
            throw Failures.InvalidField("ids", $"ids has more than {MaxIds} entries. Ask for fewer groups at a time.");
        }

        foreach (var id in request.Ids.Where(Folding.IsStorable))
        {
            List<V1.TeammateGroupMember> some;
            for (var after = ""; ; after = some[^1].TeammateId)
            {
                some = await MembersAsync(caller.Company, id, after, Chunk, cancellation);
                if (some.Count > 0)
                {
                    yield return new() { Members = { some } };
                }

                if (some.Count < Chunk)
                {
                    break;
                }
            }
        }
    }

    private async Task<List<V1.TeammateGroupMember>> MembersAsync(
        string company, string group, string after, int take, CancellationToken cancellation)
    {
        var members = new List<V1.TeammateGroupMember>();
        await connections.RunAsync(
        [
            Statement.Each(
                """
                SELECT m.teammate_id, t.user_name, m.join_time FROM teammate_group_members m
                JOIN teammates t ON t.company_id = m.company_id AND t.id = m.teammate_id
                WHERE m.company_id = $1 AND m.group_id = $2 AND m.teammate_id > $3 ORDER BY m.teammate_id LIMIT $4
                """,
                row => members.Add(new() { GroupId = group, TeammateId = row.GetString(0), UserName = row.GetString(1),
                    JoinTime = row.Time(2).ToTimestamp() }),
                company, group, after, take),
        ], cancellation);
        return members;
    }

    private async Task<TeammateGroup> FindAsync(Caller caller, string id, CancellationToken cancellation)
    {
        var company = caller.Company;
        var row = Folding.IsStorable(id)
            ? await db.Set<TeammateGroup>().AsNoTracking().SingleOrDefaultAsync(
                row => row.CompanyId == company && row.Id == id, cancellation)
            : null;
        return row ?? throw Failures.GroupNotFound(id);
    }

    private async Task<Dictionary<string, string>> ExternalIdsAsync(Caller caller, IReadOnlyList<TeammateGroup> groups,
        CancellationToken cancellation)
    {
        var (company, connection, ids) = (caller.Company, caller.ConnectionId, groups.Select(row => row.Id).ToList());
        return ids.Count == 0 ? [] : await db.Set<TeammateGroupExternalId>().AsNoTracking()
            .Where(row => row.CompanyId == company && ids.Contains(row.GroupId) && row.ConnectionId == connection)
            .ToDictionaryAsync(row => row.GroupId, row => row.Value, cancellation);
    }
}
