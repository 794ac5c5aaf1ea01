using Provisioning.Json;
using Provisioning.Patch;
using Provisioning.V1;
using Scim.Tolerance;
using Op = Provisioning.V1.TeammateStep.Types.Op;

namespace Scim.Users;

/// <summary>A PATCH of a user as the steps of one ModifyTeammate. What they mean is the core's to say.</summary>
internal sealed class UserPatch(IReadOnlyList<PatchStep> steps, Tolerances tolerances)
{
    /// <summary>What `active` is set to, if nothing else is touched; null otherwise.</summary>
    /// <exception cref="Wire.ScimException">It is no boolean.</exception>
    public bool? OnlyActive() =>
        steps.Count > 0 && steps.All(step => step is { Verb: not PatchVerb.Remove, Value: not null, Path: { SubAttribute: "", Filter: null } path } && path.Is("active"))
            ? steps.Select(step => Booleans.Read("active", step.Value, tolerances)).Last()
            : null;

    /// <summary>The steps in the contract's form.</summary>
    /// <exception cref="Wire.ScimException">A value cannot be understood.</exception>
    public IEnumerable<TeammateStep> Read() => steps.Select(step => new TeammateStep
    {
        Op = step.Verb switch { PatchVerb.Add => Op.Add, PatchVerb.Replace => Op.Replace, _ => Op.Remove },
        Path = step.Path.Standard,
        ValueJson = UserBody.ReadStep(step, tolerances) is { } value ? ProfileJson.WriteRaw(value) : step.Verb == PatchVerb.Remove ? "" : "null",
    });
}
