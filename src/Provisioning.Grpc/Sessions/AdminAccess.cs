using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Storage;
using Provisioning.Teammates;
using State = Provisioning.V1.Teammate.Types.State;

namespace Provisioning.Sessions;

/// <summary>Lets whoever runs the service let a company admin in, also into a company that has none.</summary>
internal sealed class AdminAccess(
    ProvisioningDb db, CompanyDirectory companies, TeammateCreation creation, TeammateWrites teammates, SessionOperations sessions)
{
    /// <summary>
    /// A link by which an admin signs in. Who is not there yet is created; who is no company admin yet becomes one, since
    /// the operator says so by asking.
    /// </summary>
    /// <exception cref="Grpc.Core.RpcException">COMPANY_NOT_FOUND, NOT_COMPANY_ADMIN for a blocked one, or what refuses a new
    /// teammate.</exception>
    public async Task<string> LinkAsync(string company, string userName, CancellationToken cancellation)
    {
        var companyId = await companies.FindIdAsync(company, cancellation) ?? throw Failures.CompanyNotFound(company);
        var (caller, folded) = (Caller.System(companyId), Folding.Fold(userName));
        var present = await db.Set<Teammate>().AsNoTracking().Where(row => row.CompanyId == companyId && row.UserNameFolded == folded)
            .Select(row => new { row.Id, row.CompanyAdmin, row.State }).SingleOrDefaultAsync(cancellation);
        var id = present?.Id ?? (await creation.CreateAsync(caller,
            new() { Teammate = new() { CompanyAdmin = true, Profile = new() { UserName = userName } } }, cancellation)).Id;
        if (present is { CompanyAdmin: false, State: State.Active })
        {
            await teammates.UpdateAsync(caller, new()
            {
                Teammate = new() { Id = id, CompanyAdmin = true },
                UpdateMask = new() { Paths = { "company_admin" } },
            }, cancellation);
        }

        return (await sessions.CreateLinkAsync(caller, new() { TeammateId = id }, cancellation)).Url;
    }
}
