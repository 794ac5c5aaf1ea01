using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.V1;
using Provisioning.Writing;
using Teammate = Provisioning.Teammates.Teammate;

namespace Provisioning.Log;

/// <summary>Erases what the log holds about a person, and keeps that something was asked, by whom and when.</summary>
internal sealed class LogErasure(Writes writes, RefusalLog refusals)
{
    /// <summary>Erases it.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_FIELD.</exception>
    public async Task<EraseLogEntriesResponse> EraseAsync(Caller caller, EraseLogEntriesRequest request, CancellationToken cancellation)
    {
        if (request.TeammateId.Length > 0 == request.UserName.Length > 0)
        {
            throw Failures.InvalidField("teammate_id", "Name one person: by teammate_id, or by user_name.");
        }

        await refusals.SettleAsync(cancellation);
        return await writes.RunAsync(caller, new("EraseLogEntries", request, request.ValidateOnly, request.RequestId), async write =>
        {
            var folded = Folding.Fold(request.UserName);
            var teammate = await write.Db.Set<Teammate>().AsNoTracking()
                .Where(row => row.CompanyId == write.CompanyId && (row.Id == request.TeammateId || row.UserNameFolded == folded))
                .Select(row => new { row.Id, row.UserNameFolded }).FirstOrDefaultAsync(write.Cancellation);
            var (id, subject) = (teammate?.Id ?? request.TeammateId, teammate?.UserNameFolded ?? folded);
            var erased = await write.Db.Set<LogRow>()
                .Where(row => row.CompanyId == write.CompanyId && (row.Personal != null || row.Subject != "")
                    && ((id != "" && row.ResourceId == id) || (subject != "" && row.Subject == subject)))
                .ExecuteUpdateAsync(
                    set => set.SetProperty(row => row.Personal, (string?)null).SetProperty(row => row.Subject, ""), write.Cancellation);
            write.Log(LogEntry.Types.Outcome.Done, id, "");
            return new EraseLogEntriesResponse { ErasedCount = erased };
        }, cancellation);
    }
}
