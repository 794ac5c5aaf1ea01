using Provisioning.Client;
using Provisioning.V1;
using Scim.Patch;
using Scim.Tolerance;
using Scim.Wire;

namespace Scim.Users;

/// <summary>
/// One PATCH of one user. When only `active` moves it is one call, Block or Unblock; else the user is read, edited and
/// updated under its etag, and read again when somebody was faster.
/// </summary>
internal sealed class UserEdit(ScimCall call, string id, string etag, IReadOnlyList<PatchStep> steps)
{
    private const int MaxAttempts = 12;

    /// <summary>Carries the PATCH out.</summary>
    public async Task<Teammate> RunAsync()
    {
        if (OnlyActive() is { } active)
        {
            return active
                ? await call.Core.Teammates.UnblockTeammateAsync(new() { Id = id, Etag = etag, Form = TeammateForm.Scim }, deadline: ScimCall.Deadline, cancellationToken: call.Cancellation)
                : await call.Core.Teammates.BlockTeammateAsync(new() { Id = id, Etag = etag, Form = TeammateForm.Scim }, deadline: ScimCall.Deadline, cancellationToken: call.Cancellation);
        }

        for (var attempt = 1; ; attempt++)
        {
            var present = await call.Core.Teammates.GetTeammateAsync(new() { Id = id, Form = TeammateForm.Scim }, deadline: ScimCall.Deadline, cancellationToken: call.Cancellation);
            var update = Edit(present);
            try
            {
                return update is null ? present : await call.Core.Teammates.UpdateTeammateAsync(update, deadline: ScimCall.Deadline, cancellationToken: call.Cancellation);
            }
            catch (ProvisioningException raced) when (raced.Reason == ErrorReason.EtagMismatch && etag.Length == 0 && attempt < MaxAttempts)
            {
            }
        }
    }

    /// <summary>The last value that `active` is set to, if nothing else is touched.</summary>
    private bool? OnlyActive() =>
        steps.Count > 0 && steps.All(step => step is { Verb: not PatchVerb.Remove, Value: not null, Path: { SubAttribute: "", Filter: null } path } && path.Is("active"))
                ? steps.Select(step => Booleans.Read("active", step.Value, call.Tolerances)).Last()
                : null;

    /// <summary>The update that the steps come to; null when there is nothing to update.</summary>
    private UpdateTeammateRequest? Edit(Teammate present)
    {
        if (steps.Count == 0 && etag.Length == 0)
        {
            return null;
        }

        var user = present.ToEditable();
        var (before, after) = (new Tolerances(), new Tolerances());
        _ = UserBody.Read(user, before);
        var patch = new UserPatch(user, call.Tolerances);
        foreach (var step in steps)
        {
            patch.Apply(step);
        }

        patch.Finish();

        var body = UserBody.Read(user, after);
        call.Tolerances.NoteNew(before, after);
        var update = new UpdateTeammateRequest
        {
            Teammate = new() { Id = id, Profile = body.ToProfile(), ExternalId = body.ExternalId ?? "", Etag = etag.Length > 0 ? etag : present.Etag },
            UpdateMask = new() { Paths = { "profile" } },
            Transition = steps.Any(step => step.Path.Is("active"))
                ? UserMapping.StateOf(body.Active)
                : Teammate.Types.State.Unspecified,
            Form = TeammateForm.Scim,
        };
        if (update.Teammate.ExternalId != present.ExternalId)
        {
            update.UpdateMask.Paths.Add("external_id");
        }

        return update;
    }
}
