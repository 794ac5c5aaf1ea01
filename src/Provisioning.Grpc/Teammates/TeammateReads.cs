using Google.Protobuf;
using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Companies;
using Provisioning.Contract;
using Provisioning.Storage;
using Provisioning.V1;

namespace Provisioning.Teammates;

/// <summary>Reads teammates of the caller's company.</summary>
internal sealed class TeammateReads(ProvisioningDb db, CoreSettings settings, SealedTokens tokens)
{
    public async Task<V1.Teammate> GetAsync(Caller caller, string id, CancellationToken cancellation)
    {
        var company = caller.Company;
        var row = await db.Teammates.AsNoTracking().SingleOrDefaultAsync(row => row.CompanyId == company && row.Id == id, cancellation);
        return row?.ToMessage(caller.ConnectionId) ?? throw Failures.TeammateNotFound(id);
    }

    public async Task<ListTeammatesResponse> ListAsync(Caller caller, ListTeammatesRequest request, CancellationToken cancellation)
    {
        var company = caller.Company;
        var list = $"teammates/{company}/{request.Filter?.ToByteString().ToBase64()}";
        var page = Page.Read(tokens, list, request.CountOnly ? 0 : request.PageSize, request.PageToken, request.Skip);
        var matching = request.Filter is null
            ? db.Teammates.Where(row => row.CompanyId == company)
            : TeammateFilter.Apply(db, settings.Provider, caller, request.Filter);
        var response = new ListTeammatesResponse { TotalSize = await CountAsync(company, request.Filter, matching, cancellation) };
        if (request.CountOnly || response.TotalSize == 0)
        {
            return response;
        }

        var rows = await matching.AsNoTracking().Where(row => string.Compare(row.Id, page.After) > 0).OrderBy(row => row.Id)
            .Skip(page.Skip).Take(page.Size + 1).ToListAsync(cancellation);
        (rows, response.NextPageToken) = page.Cut(tokens, list, rows, row => row.Id);
        response.Teammates.AddRange(rows.Select(row => row.ToMessage(caller.ConnectionId)));
        return response;
    }

    private async Task<long> CountAsync(string company, Filter? filter, IQueryable<Teammate> matching, CancellationToken cancellation)
    {
        if (filter is not null)
        {
            return await matching.LongCountAsync(cancellation);
        }

        var (active, blocked) = await Seats.CountAsync(db, company, cancellation);
        return active + blocked;
    }
}
