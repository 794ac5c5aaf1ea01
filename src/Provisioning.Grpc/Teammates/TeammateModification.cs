using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Access;
using Provisioning.Connections;
using Provisioning.Contract;
using Provisioning.V1;
using Provisioning.Writing;
using State = Provisioning.V1.Teammate.Types.State;

namespace Provisioning.Teammates;

/// <summary>
/// Applies the steps of a PATCH to a teammate behind the lock of its row, in one transaction: any number of writers of one teammate lose
/// nothing.
/// </summary>
internal sealed class TeammateModification(Writes writes, UnknownNameMemory names, FirstTeammates first)
{
    private const string ExternalId = "externalId";

    private const int MostInSharedTransaction = 100;

    public async Task<V1.Teammate> ModifyAsync(Caller caller, ModifyTeammateRequest request, CancellationToken cancellation)
    {
        var steps = TeammateSteps.Read(request.Steps);
        var transition = steps.Active switch { null => State.Unspecified, true => State.Active, false => State.Blocked };
        var (locked, unknown) = (new TeammateLock(request.Id), new UnknownNames(names, caller, steps.UnknownNames));
        var (givesExternalId, isKept) = (false, false);
        var modified = await writes.ShareAsync(caller, new("ModifyTeammate", request, request.ValidateOnly, request.RequestId)
        {
            WithoutScim = transition == State.Blocked,
            Preloads = [locked, unknown],

            // Many steps take long enough to hold up the writes that would share the transaction.
            SharingKey = steps.Count <= MostInSharedTransaction ? request.Id : null,
            TakesSeats = transition == State.Active,
            SeatOf = request.Id,
        }, async write =>
        {
            var teammate = locked.Shown.Row;
            ETag.Check(request.Etag, teammate.Version);
            var before = TeammateSnapshot.Of(teammate, caller.ConnectionId);
            var onlyBlocks = caller.IsProvider && !write.Company.ScimFeature;
            List<Warning> warnings = onlyBlocks && steps.ChangeMoreThanActive ? [Warnings.Of(Warning.Types.Code.OnlyBlocked)] : [];
            var stored = (teammate.Profile, teammate.ExternalIds);
            if (!onlyBlocks)
            {
                givesExternalId = Apply(write, teammate, steps);
                if (givesExternalId)
                {
                    first.Note(write, teammate.Id);
                }

                warnings.AddRange(TeammateWrites.WarnOfRoles(stored.Profile, teammate.Profile));
            }

            var hasChanged = isKept = stored != (teammate.Profile, teammate.ExternalIds);
            var moved = await TeammateBlocking.MoveAsync(write, teammate, transition, warnings);
            if (hasChanged && unknown.Warn(write, null, areKept: true) is { } warning)
            {
                warnings.Add(warning);
            }

            TeammateWrites.Finish(write, teammate, hasChanged ? before : null, moved, warnings);
            return locked.Shown.ToMessage(caller.ConnectionId, request.Form, warnings);
        }, cancellation);
        if (!request.ValidateOnly)
        {
            if (isKept)
            {
                unknown.Remember();
            }

            if (givesExternalId)
            {
                first.Remember(caller);
            }
        }

        return modified;
    }

    /// <summary>Applies the steps to the row; says whether they gave an external id.</summary>
    private static bool Apply(Write write, Teammate teammate, TeammateSteps steps)
    {
        var content = TeammateContent.Of(teammate);
        var user = (JsonObject)JsonNode.Parse(teammate.Profile)!;
        var known = StoredExtensions.Of(user);
        var present = content.ExternalIds.GetValueOrDefault(write.Caller.ConnectionId, "");
        if (present.Length > 0)
        {
            user[ExternalId] = present;
        }

        steps.ApplyTo(user, write.Caller.IsStrict);
        var external = user[ExternalId] switch
        {
            null => "",
            JsonValue text when text.GetValueKind() == JsonValueKind.String => text.GetValue<string>(),
            _ => throw Failures.InvalidField(ExternalId, "externalId must be a text."),
        };
        user.Remove(ExternalId);
        content.Profile = ProfileDocument.Of(user, known);
        if (external != present)
        {
            content.SetExternalId(write.Caller.ConnectionId, external);
        }

        content.Store(write, teammate);
        return external != present && external.Length > 0;
    }
}
