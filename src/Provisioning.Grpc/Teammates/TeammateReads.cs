using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Companies;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Groups;
using Provisioning.Lists;
using Provisioning.Schemas;
using Provisioning.Storage;
using Provisioning.V1;

namespace Provisioning.Teammates;

/// <summary>Reads teammates of the caller's company.</summary>
internal sealed class TeammateReads(ProvisioningDb db, CoreSettings settings, ListReader lists, Memberships memberships)
{
    public async Task<V1.Teammate> GetAsync(Caller caller, GetTeammateRequest request, CancellationToken cancellation)
    {
        var (company, id) = (caller.Company, request.Id);
        var row = Folding.IsStorable(id)
            ? await db.Teammates.AsNoTracking().SingleOrDefaultAsync(row => row.CompanyId == company && row.Id == id, cancellation)
            : null;
        var teammate = row?.ToMessage(caller.ConnectionId) ?? throw Failures.TeammateNotFound(id);
        return request.View == TeammateView.Basic ? teammate : await memberships.ShowAsync(caller, teammate, cancellation);
    }

    public async Task<ListTeammatesResponse> ListAsync(Caller caller, ListTeammatesRequest request, CancellationToken cancellation)
    {
        var source = new ListSource<Teammate>(
            ResourceType.User, "teammates", "t", new TeammateFilter(settings.Provider, caller), row => row.Id, row => row.Profile.Length + (row.Grant?.Length ?? 0))
        {
            CountAll = async () => await Seats.CountAsync(db, caller.Company, cancellation) is var (active, blocked) ? active + blocked : 0,
        };
        var listed = await lists.ReadAsync(caller, source, new(request.PageSize, request.PageToken, request.Skip, request.Filter, request.Order)
        {
            CountOnly = request.CountOnly,
            ContinueWalk = request.ContinueWalk,
            UndefinedIsAbsent = request.UndefinedIsAbsent,
        }, cancellation);
        var response = new ListTeammatesResponse { NextPageToken = listed.NextToken, TotalSize = listed.Total };
        response.Teammates.AddRange(listed.Rows.Select(row => row.ToMessage(caller.ConnectionId)));
        if (request.View != TeammateView.Basic)
        {
            await memberships.ShowAsync(caller, response.Teammates, cancellation);
        }

        return response;
    }
}
