using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Companies;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Log;
using Provisioning.Storage;
using Provisioning.Templates;
using Provisioning.V1;
using Kind = Provisioning.V1.Change.Types.Kind;
using Outcome = Provisioning.V1.LogEntry.Types.Outcome;
using Result = Provisioning.V1.BatchCreateTeammatesResponse.Types.Result;
using State = Provisioning.V1.Teammate.Types.State;

namespace Provisioning.Teammates;

/// <summary>Makes teammates: one, or many in one transaction, in which each table's rows go in together.</summary>
internal sealed class TeammateCreation(Writes writes, RefusalLog refusals, CoreSettings settings)
{
    private const int MaxBatch = 1_000;

    private const string Single = "CreateTeammate";

    public Task<V1.Teammate> CreateAsync(Caller caller, CreateTeammateRequest request, CancellationToken cancellation)
    {
        var choice = ChoiceOf(request);
        return writes.RunAsync(caller, new(Single, request, request.ValidateOnly, request.RequestId) { Sharing = new("user name " + FoldedNameIn(request), Choice: choice) }, async write =>
        {
            var (teammate, content) = Lay(write, request);
            write.OnDuplicate("user_name_folded", () => Failures.UserNameTaken(teammate.UserName));
            await TakeSeatAsync(write, teammate);
            return await AddAsync(write, teammate, content, request, choice);
        }, cancellation);
    }

    /// <summary>Makes many. What one of them is refused for is its own result, and its own entry of the log.</summary>
    public async Task<BatchCreateTeammatesResponse> BatchCreateAsync(Caller caller, BatchCreateTeammatesRequest request, CancellationToken cancellation)
    {
        Check(request);
        var choices = request.Requests.Select(ChoiceOf).ToList();
        var names = new TakenNames(settings.Provider, caller, request);
        var told = new List<Google.Rpc.Status>();
        var response = await writes.RunAsync(caller, new("BatchCreateTeammates", request, request.ValidateOnly, request.RequestId)
        {
            LogMethod = Single,
            Ahead = () => [names.Ahead(), .. TemplateChoice.Ahead(settings.Provider, caller, choices)],
        }, async write =>
        {
            told.Clear();
            var (made, seats) = (new BatchCreateTeammatesResponse(), new SeatsLeft(write));
            if (write.Company.TemplatesFeature)
            {
                await TemplateChoice.LockGroupsAsync(write, choices);
            }

            foreach (var (each, choice) in request.Requests.Zip(choices))
            {
                try
                {
                    var (teammate, content) = Lay(write, each);
                    names.Check(teammate);
                    await seats.TakeAsync(teammate);
                    names.Take(teammate);
                    made.Results.Add(new Result { Teammate = await AddAsync(write, teammate, content, each, choice) });
                }
                catch (RpcException refusal)
                {
                    told.Add(refusal.GetRpcStatus()!);
                    made.Results.Add(new Result { Refusal = told[^1] });
                    if (told.Count == request.MaxRefusals)
                    {
                        break;
                    }
                }
            }

            return made;
        }, cancellation);
        await refusals.WriteAsync(caller, Single, [.. told.Select(each => (Failures.ReasonOf(each.ToRpcException()), each.Message))]);
        return response;
    }

    private static void Check(BatchCreateTeammatesRequest request)
    {
        if (request.Requests.Count > MaxBatch)
        {
            throw Failures.InvalidField("requests", $"requests must be at most {MaxBatch}. Send them in several batches.");
        }

        if (request.Requests.Any(each => each.ValidateOnly || each.RequestId.Length > 0))
        {
            throw Failures.InvalidField("requests", "validate_only and request_id are the batch's, not those of its requests.");
        }

        if (request.MaxRefusals < 0)
        {
            throw Failures.InvalidField("max_refusals", "max_refusals must not be negative.");
        }
    }

    private static TemplateChoice ChoiceOf(CreateTeammateRequest request) => new(request.Teammate?.Profile?.RolesJson ?? "");

    /// <summary>The user name in one letter case, before it is checked.</summary>
    private static string FoldedNameIn(CreateTeammateRequest request) =>
        request.Teammate?.Profile?.UserName is { } name && Folding.IsStorable(name) ? Folding.Fold(name) : "";

    /// <summary>Checks what is given and lays it into a row that is not written yet.</summary>
    private static (Teammate Row, TeammateContent Content) Lay(Write write, CreateTeammateRequest request)
    {
        var given = request.Teammate ?? throw Failures.InvalidField("teammate", "teammate is required.");
        TeammateWrites.CheckAdminFlag(write.Caller, given.CompanyAdmin);
        var state = request.InitialState == State.Blocked ? State.Blocked : State.Active;
        var teammate = new Teammate
        {
            CompanyId = write.CompanyId,
            Id = write.NewId(ResourceIds.Teammate),
            UserName = "",
            UserNameFolded = "",
            State = state,
            Profile = "",
            Search = "",
            ExternalIds = "{}",
            CompanyAdmin = given.CompanyAdmin,
            Version = 1,
            CreateTime = write.Now,
            UpdateTime = write.Now,
            BlockTime = state == State.Blocked ? write.Now : null,
        };
        var content = TeammateContent.New(given.Profile ?? new());
        content.SetExternalId(write.Caller.ConnectionId, given.ExternalId);
        content.Lay(teammate);
        return (teammate, content);
    }

    /// <summary>Adds a teammate that nothing stands in the way of, with all that follows from it.</summary>
    private static async Task<V1.Teammate> AddAsync(Write write, Teammate teammate, TeammateContent content, CreateTeammateRequest request, TemplateChoice choice)
    {
        var active = teammate.State == State.Active;
        Seats.Move(write, teammate.Id, active ? 1 : 0, active ? 0 : 1);
        var assigned = await choice.ApplyAsync(write, teammate);
        write.Insert(TeammateRows.Rows.On(write.Provider), teammate);
        content.AddValues(write, teammate);
        var differences = TeammateWrites.Differences(write, null, teammate);
        write.Change(write.CompanyId, Kind.TeammateCreated, teammate.Id, teammate.Version, TeammateWrites.Names(differences));
        if (teammate.TemplateId is not null)
        {
            write.Change(write.CompanyId, Kind.TemplateAssigned, teammate.Id, teammate.Version);
        }

        write.Log(Outcome.Done, teammate.Id, PersonNames.Of(teammate), assigned.Warnings, differences);
        return TeammateWrites.Show(write, new(teammate, []), request.Form, assigned);
    }

    /// <summary>Takes the new teammate's seat. That the name is taken is the better answer when no seat is left either.</summary>
    private static async Task TakeSeatAsync(Write write, Teammate teammate)
    {
        if (teammate.State != State.Active)
        {
            return;
        }

        if (write.Company.SeatLimit is not null
            && await write.Db.Teammates.AnyAsync(row => row.CompanyId == write.CompanyId && row.UserNameFolded == teammate.UserNameFolded, write.Cancellation))
        {
            throw Failures.UserNameTaken(teammate.UserName);
        }

        await Seats.TakeAsync(write);
    }

    /// <summary>
    /// Which user names a batch may not give: those that were there when it began, and those it has given itself. One that another
    /// writer takes meanwhile lets the whole batch start over, and then it is among them.
    /// </summary>
    private sealed class TakenNames(StorageProvider provider, Caller caller, BatchCreateTeammatesRequest request)
    {
        private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

        public Statement Ahead()
        {
            _taken.Clear();
            var wanted = request.Requests.Select(FoldedNameIn).Distinct();
            return Statement.Each($"SELECT user_name_folded FROM teammates WHERE company_id = $1 AND {Sql.In(provider, "user_name_folded", "$2")}",
                row => _taken.Add(row.GetString(0)), caller.Company, Sql.TextsOf(provider, wanted));
        }

        public void Check(Teammate teammate)
        {
            if (_taken.Contains(teammate.UserNameFolded))
            {
                throw Failures.UserNameTaken(teammate.UserName);
            }
        }

        public void Take(Teammate teammate) => _taken.Add(teammate.UserNameFolded);
    }

    /// <summary>The seats that a batch may take, which it counts once: nobody else takes any meanwhile.</summary>
    private sealed class SeatsLeft(Write write)
    {
        private long? _left;

        public async Task TakeAsync(Teammate teammate)
        {
            if (teammate.State != State.Active || write.Company.SeatLimit is not { } limit)
            {
                return;
            }

            _left ??= await Seats.CountLeftAsync(write, limit);
            if (_left <= 0)
            {
                throw Failures.SeatLimitReached(write.Company.DisplayName, limit);
            }

            _left--;
        }
    }
}
