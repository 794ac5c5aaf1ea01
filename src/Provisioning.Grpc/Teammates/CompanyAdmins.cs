using Microsoft.EntityFrameworkCore;
using Provisioning.Contract;
using Provisioning.V1;
using Provisioning.Writing;
using State = Provisioning.V1.Teammate.Types.State;

namespace Provisioning.Teammates;

/// <summary>A company keeps an active admin, as long as people decide; a provider's word always takes effect.</summary>
internal static class CompanyAdmins
{
    /// <summary>Checks that a teammate may stop being an active admin: to be called before it does.</summary>
    /// <returns>A warning when a provider takes the last one.</returns>
    /// <exception cref="Grpc.Core.RpcException">LAST_COMPANY_ADMIN, when a person would take the last one.</exception>
    public static async Task<IReadOnlyList<Warning>> LeaveAsync(OwnWrite write, Teammate teammate)
    {
        if (!teammate.CompanyAdmin || teammate.State != State.Active)
        {
            return [];
        }

        await write.LockAsync("admins");
        var others = await write.Db.Set<Teammate>().AnyAsync(
            row => row.CompanyId == write.CompanyId && row.CompanyAdmin && row.State == State.Active
                && row.Id != teammate.Id, write.Cancellation);
        if (others)
        {
            return [];
        }

        return write.Caller.IsProvider
            ? [Warnings.Of(Warning.Types.Code.LastCompanyAdminGone)]
            : throw Failures.LastCompanyAdmin(teammate.UserName);
    }
}
