using System.Text;
using Provisioning.Access;
using Provisioning.Companies;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Lists;
using Provisioning.Schemas;
using Provisioning.Storage;
using Provisioning.V1;

namespace Provisioning.Teammates;

/// <summary>Reads teammates of the caller's company.</summary>
internal sealed class TeammateReads(StorageConnections connections, Dialect dialect, ListReader lists)
{
    private const int MostGroupsInPage = 50_000, MostIds = 1_000, MostBytes = 3_000_000;

    public async Task<V1.Teammate> GetAsync(Caller caller, GetTeammateRequest request, CancellationToken cancellation)
    {
        TeammateShown? found = null;
        var sql = $"SELECT {TeammateRows.ColumnsOf(dialect, request.Form, request.View)} FROM teammates t WHERE t.company_id = "
            + "$1 AND t.id = $2";
        if (Folding.IsStorable(request.Id))
        {
            await connections.RunAsync(
                [Statement.One(sql, row => found = TeammateRows.ReadShown(row, request.View), caller.Company, request.Id)], cancellation);
        }

        return found?.ToMessage(caller.ConnectionId, request.Form) ?? throw Failures.TeammateNotFound(request.Id);
    }

    /// <summary>Reads several teammates in one round trip.</summary>
    /// <exception cref="Grpc.Core.RpcException">TEAMMATE_NOT_FOUND for the first that is not there; INVALID_FIELD for too many.</exception>
    public async Task<BatchGetTeammatesResponse> BatchGetAsync(
        Caller caller, BatchGetTeammatesRequest request, CancellationToken cancellation)
    {
        if (request.Ids.Count > MostIds)
        {
            throw Failures.InvalidField("ids", $"There are {request.Ids.Count} ids. Ask for {MostIds} teammates at a time at most.");
        }

        var (found, bytes) = (new Dictionary<string, TeammateShown>(StringComparer.Ordinal), 0L);
        await connections.RunAsync([Statement.Until(
            $"SELECT {TeammateRows.ColumnsOf(dialect, request.Form, request.View)} FROM teammates t WHERE t.company_id = $1 "
                + $"AND {dialect.In("t.id", "$2")}",
            row =>
            {
                var shown = TeammateRows.ReadShown(row, request.View);
                found.Add(shown.Row.Id, shown);
                return (bytes += SizeOf(shown)) <= MostBytes;
            }, caller.Company, dialect.TextsOf(request.Ids.Where(Folding.IsStorable).Distinct(StringComparer.Ordinal)))], cancellation);
        if (bytes > MostBytes)
        {
            throw Failures.InvalidField(
                "ids", $"These teammates are larger than {MostBytes / 1_000_000} MB together. Ask for fewer at a time.");
        }

        var messages = found.ToDictionary(
            each => each.Key, each => each.Value.ToMessage(caller.ConnectionId, request.Form), StringComparer.Ordinal);
        var response = new BatchGetTeammatesResponse();
        response.Teammates.AddRange(
            request.Ids.Select(id => messages.TryGetValue(id, out var shown) ? shown : throw Failures.TeammateNotFound(id)));
        return response;
    }

    public async Task<ListTeammatesResponse> ListAsync(Caller caller, ListTeammatesRequest request, CancellationToken cancellation)
    {
        var source = new ListSource<TeammateShown>(ResourceType.User, "teammates", "t", new TeammateFilter(dialect, caller))
        {
            Columns = after => TeammateRows.ColumnsOf(dialect, request.Form, request.View, after),
            Read = row => TeammateRows.ReadShown(row, request.View),
            IdOf = shown => shown.Row.Id,
            SizeOf = SizeOf,
            Counts = new(TeammateCounts.Total, TeammateCounts.TotalBehind, TeammateCounts.From),
        };
        var asked = ListRequest.Read(request.PageSize, request.PageToken, request.Skip, request.Filter, request.OrderBy) with
        {
            CountOnly = request.CountOnly,
            ContinueWalk = request.ContinueWalk,
            UndefinedIsAbsent = request.UndefinedIsAbsent,
        };
        var listed = await lists.ReadAsync(caller, source, asked, cancellation);
        if (listed.Rows.Sum(shown => shown.Groups.Count) > MostGroupsInPage)
        {
            throw Failures.InvalidField("page_size",
                $"The teammates of this page are in more than {MostGroupsInPage} groups together. Ask for fewer teammates at a time, or "
                    + "leave their groups out.");
        }

        var response = new ListTeammatesResponse { NextPageToken = listed.NextToken, TotalSize = listed.Total };
        response.Teammates.AddRange(listed.Rows.Select(shown => shown.ToMessage(caller.ConnectionId, request.Form)));
        return response;
    }

    private static int SizeOf(TeammateShown shown) =>
        Encoding.UTF8.GetByteCount(shown.Row.Profile) + Encoding.UTF8.GetByteCount(shown.Row.Grant ?? "")
            + Encoding.UTF8.GetByteCount(shown.Row.ExternalIds)
        + shown.Groups.Sum(group => group.GroupId.Length + Encoding.UTF8.GetByteCount(group.DisplayName) + 10);
}
