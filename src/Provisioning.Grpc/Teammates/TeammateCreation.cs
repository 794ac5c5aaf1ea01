using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Companies;
using Provisioning.Connections;
using Provisioning.Contract;
using Provisioning.Json;
using Provisioning.Storage;
using Provisioning.Templates;
using Provisioning.V1;
using Provisioning.Writing;
using Kind = Provisioning.V1.Change.Types.Kind;
using Outcome = Provisioning.V1.LogEntry.Types.Outcome;
using Result = Provisioning.V1.BatchCreateTeammatesResponse.Types.Result;
using State = Provisioning.V1.Teammate.Types.State;

namespace Provisioning.Teammates;

/// <summary>Makes teammates: one, or many in one transaction, in which each table's rows go in together.</summary>
internal sealed class TeammateCreation(Writes writes, RefusalLog refusals, UnknownNameMemory names, FirstTeammates first)
{
    private const int MaxBatch = 1_000;

    private const string Single = "CreateTeammate";

    public async Task<V1.Teammate> CreateAsync(Caller caller, CreateTeammateRequest request, CancellationToken cancellation)
    {
        var profile = new GivenProfile(request.Teammate);
        var (choice, unknown) = (new TemplateChoice(profile.RoleCandidates), new UnknownNames(names, caller, profile.UnknownNames));
        var made = await writes.ShareAsync(caller, new(Single, request, request.ValidateOnly, request.RequestId)
        {
            Preloads = [choice, unknown],
            SharingKey = "user name " + profile.FoldedUserName,
            TakesSeats = request.InitialState != State.Blocked,
        }, async write =>
        {
            var (teammate, content) = Lay(write, request, profile);
            write.OnDuplicate("user_name_folded", () => Failures.UserNameTaken(teammate.UserName));
            await TakeSeatAsync(write, teammate);
            return await AddAsync(write, teammate, content, request, choice, unknown);
        }, cancellation);
        if (!request.ValidateOnly)
        {
            unknown.Remember();
            first.Remember(caller);
        }

        return made;
    }

    /// <summary>Makes many. What one of them is refused for is its own result, and its own entry of the log.</summary>
    public async Task<BatchCreateTeammatesResponse> BatchCreateAsync(
        Caller caller, BatchCreateTeammatesRequest request, CancellationToken cancellation)
    {
        Check(request);
        var profiles = request.Requests.Select(each => new GivenProfile(each.Teammate)).ToList();
        var choices = profiles.Select(profile => new TemplateChoice(profile.RoleCandidates)).ToList();
        var unknown = new UnknownNames(names, caller, profiles.SelectMany(profile => profile.UnknownNames));
        var taken = new TakenNames(profiles);
        var told = new List<(CreateTeammateRequest Refused, Google.Rpc.Status Status)>();
        var response = await writes.RunAsync(caller, new("BatchCreateTeammates", request, request.ValidateOnly, request.RequestId)
        {
            LogMethod = Single,
            TakesSeats = request.Requests.Any(each => each.InitialState != State.Blocked),
            Preloads = [taken, .. choices, unknown],
        }, async write =>
        {
            told.Clear();
            var made = new BatchCreateTeammatesResponse();
            if (write.Company.TemplatesFeature)
            {
                await TemplateChoice.LockGroupsAsync(write, choices);
            }

            foreach (var (each, profile, choice) in request.Requests.Zip(profiles, choices))
            {
                try
                {
                    StorableText.Check(each);
                    var (teammate, content) = Lay(write, each, profile);
                    taken.Check(teammate);
                    if (teammate.State == State.Active)
                    {
                        Seats.Take(write);
                    }

                    taken.Take(teammate);
                    made.Results.Add(new Result { Teammate = await AddAsync(write, teammate, content, each, choice, unknown) });
                }
                catch (RpcException refusal)
                {
                    told.Add((each, refusal.GetRpcStatus()!));
                    made.Results.Add(new Result { Refusal = told[^1].Status });
                    if (told.Count == request.MaxRefusals)
                    {
                        break;
                    }
                }
            }

            return made;
        }, cancellation);
        foreach (var (refused, status) in told)
        {
            refusals.Note(
                caller, Single, Failures.ReasonOf(status.ToRpcException()), status.Message, "", RequestSubject.Of(refused).UserName);
        }

        if (!request.ValidateOnly)
        {
            unknown.Remember();
            first.Remember(caller);
        }

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

    /// <summary>Checks what is given and lays it into a row that is not written yet.</summary>
    private static (Teammate Row, TeammateContent Content) Lay(Write write, CreateTeammateRequest request, GivenProfile profile)
    {
        var given = request.Teammate ?? throw Failures.InvalidField("teammate", "teammate is required.");
        TeammateWrites.CheckAdminFlag(write.Caller, given.CompanyAdmin);
        var state = request.InitialState == State.Blocked ? State.Blocked : State.Active;
        TeammateWrites.CheckState(given.State, state, "Give initial_state to say in which state the teammate begins.");
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
        var content = TeammateContent.New(profile.Check());
        content.SetExternalId(write.Caller.ConnectionId, given.ExternalId);
        content.Lay(teammate);
        return (teammate, content);
    }

    /// <summary>Adds a teammate that nothing stands in the way of, with all that follows from it.</summary>
    private async Task<V1.Teammate> AddAsync(
        Write write, Teammate teammate, TeammateContent content, CreateTeammateRequest request, TemplateChoice choice, UnknownNames names)
    {
        var active = teammate.State == State.Active;
        Seats.Move(write, teammate.Id, active ? 1 : 0, active ? 0 : 1);
        var assigned = await choice.ApplyAsync(write, teammate);
        if (names.Warn(write, ProfileJson.UnknownNames(content.Profile!.Json), areKept: true) is { } warning)
        {
            assigned = assigned with { Warnings = [.. assigned.Warnings, warning] };
        }

        write.Insert(TeammateRows.Rows.On(write.Dialect), teammate);
        first.Note(write, teammate.Id);
        content.AddValues(write, teammate);
        var differences = TeammateDifferences.OfNew(TeammateSnapshot.Of(teammate, write.Caller.ConnectionId), content.Profile!.Json);
        write.Change(write.CompanyId, Kind.TeammateCreated, teammate.Id, teammate.Version, TeammateWrites.Names(differences));
        if (teammate.TemplateId is not null)
        {
            write.Change(write.CompanyId, Kind.TemplateAssigned, teammate.Id, teammate.Version);
        }

        write.Log(Outcome.Done, teammate.Id, PersonNames.Of(content.Profile!.Json, teammate.UserName), assigned.Warnings, differences);
        return TeammateWrites.Show(write, new(teammate, []), request.Form, assigned);
    }

    /// <summary>Takes the new teammate's seat. That the name is taken is the better answer when no seat is left either.</summary>
    private static async Task TakeSeatAsync(Write write, Teammate teammate)
    {
        if (teammate.State != State.Active || Seats.TryTake(write))
        {
            return;
        }

        var own = write.Own();
        if (await own.Db.Set<Teammate>().AnyAsync(
            row => row.CompanyId == own.CompanyId && row.UserNameFolded == teammate.UserNameFolded, own.Cancellation))
        {
            throw Failures.UserNameTaken(teammate.UserName);
        }

        throw Seats.Refusal(write);
    }

    /// <summary>
    /// Which user names a batch may not give: those that were there when it began, and those it has given itself. One that another
    /// writer takes meanwhile lets the whole batch start over, and then it is among them.
    /// </summary>
    private sealed class TakenNames(IReadOnlyList<GivenProfile> profiles) : IPreload
    {
        private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

        public PreloadOrder Order => PreloadOrder.UserNames;

        public IEnumerable<Statement> Read(PreloadContext context, IReadOnlyList<IPreload> all)
        {
            _taken.Clear();
            var wanted = profiles.Select(profile => profile.FoldedUserName).Distinct();
            yield return Statement.Each("SELECT user_name_folded FROM teammates WHERE company_id = $1 AND "
                + $"{context.Dialect.In("user_name_folded", "$2")}",
                row => _taken.Add(row.GetString(0)), context.Caller.Company, context.Dialect.TextsOf(wanted));
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
}
