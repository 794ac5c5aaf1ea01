using Provisioning.Client;
using Provisioning.V1;
using Scim.Patch;
using Scim.Tolerance;
using TeammateCalls = Provisioning.V1.TeammateProvisioning.TeammateProvisioningClient;

namespace Scim.Users;

/// <summary>
/// One PATCH of one user. When only `active` moves it is one call, Block or Unblock; else the user is read, edited and
/// updated under its etag, and read again when somebody was faster.
/// </summary>
internal sealed class UserEdit(string id, string ifMatch, IReadOnlyList<PatchStep> steps, Tolerances tolerances)
{
    private const int MaxAttempts = 12;

    /// <summary>Carries the PATCH out.</summary>
    /// <param name="calls">The client, asked for when the tolerances used are known.</param>
    /// <param name="deadline">When to give up.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<Teammate> RunAsync(Func<TeammateCalls> calls, DateTime deadline, CancellationToken cancellation)
    {
        if (OnlyActive() is { } active)
        {
            return active
                ? await calls().UnblockTeammateAsync(new() { Id = id, Etag = ifMatch }, deadline: deadline, cancellationToken: cancellation)
                : await calls().BlockTeammateAsync(new() { Id = id, Etag = ifMatch }, deadline: deadline, cancellationToken: cancellation);
        }

        for (var attempt = 1; ; attempt++)
        {
            var present = await calls().GetTeammateAsync(new() { Id = id }, deadline: deadline, cancellationToken: cancellation);
            var update = Edit(present);
            try
            {
                return update is null ? present : await calls().UpdateTeammateAsync(update, deadline: deadline, cancellationToken: cancellation);
            }
            catch (ProvisioningException raced) when (raced.Reason == ErrorReason.EtagMismatch && ifMatch.Length == 0 && attempt < MaxAttempts)
            {
            }
        }
    }

    /// <summary>The last value that `active` is set to, if nothing else is touched.</summary>
    private bool? OnlyActive() =>
        steps.Count > 0 && steps.All(step => step is { Verb: not PatchVerb.Remove, Value: not null, Path: { Schema: "", SubAttribute: "", Filter: null } path }
            && path.Attribute.Equals("active", StringComparison.OrdinalIgnoreCase))
                ? steps.Select(step => Booleans.Read("active", step.Value, tolerances)).Last()
                : null;

    /// <summary>The update that the steps come to; null when there is nothing to update.</summary>
    private UpdateTeammateRequest? Edit(Teammate present)
    {
        if (steps.Count == 0 && ifMatch.Length == 0)
        {
            return null;
        }

        var user = present.ToEditable();
        var (before, after) = (new Tolerances(), new Tolerances());
        _ = UserBody.Read(user, before);
        var patch = new UserPatch(user, tolerances);
        foreach (var step in steps)
        {
            patch.Apply(step);
        }

        var body = UserBody.Read(user, after);
        tolerances.NoteNew(before, after);
        var update = new UpdateTeammateRequest
        {
            Teammate = new() { Id = id, Profile = body.ToProfile(), ExternalId = body.ExternalId ?? "", Etag = ifMatch.Length > 0 ? ifMatch : present.Etag },
            UpdateMask = new() { Paths = { "profile" } },
            Transition = steps.Any(step => step.Path.Attribute.Equals("active", StringComparison.OrdinalIgnoreCase))
                ? UserMapping.StateOf(body.Active)
                : Teammate.Types.State.Unspecified,
        };
        if (update.Teammate.ExternalId != present.ExternalId)
        {
            update.UpdateMask.Paths.Add("external_id");
        }

        return update;
    }
}
