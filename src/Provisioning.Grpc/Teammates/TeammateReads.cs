using System.Text;
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
    /// <summary>Every column but the search document, which no teammate shows.</summary>
    private const string Columns =
        "t.company_id, t.id, t.user_name, t.user_name_folded, t.state, t.profile, '' AS search, t.external_ids, t.company_admin, t.template_id, t.assignment, t.\"grant\", t.version, t.create_time, t.update_time, t.block_time";

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
            ResourceType.User, "teammates", "t", new TeammateFilter(settings.Provider, caller), row => row.Id, SizeOf)
        {
            Columns = Columns,
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

    private static int SizeOf(Teammate row) => Encoding.UTF8.GetByteCount(row.Profile) + Encoding.UTF8.GetByteCount(row.Grant ?? "") + Encoding.UTF8.GetByteCount(row.ExternalIds);
}
