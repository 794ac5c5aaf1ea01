using Provisioning.Filtering;
using Provisioning.Json;
using Provisioning.Patch;
using Provisioning.V1;
using Scim.Tolerance;
using Scim.Wire;
using Op = Provisioning.V1.TeammateStep.Types.Op;

namespace Scim.Users;

/// <summary>A PATCH of a user as the steps of one ModifyTeammate. What they mean is the core's to say.</summary>
internal sealed class UserPatch(IReadOnlyList<PatchStep> operations, Tolerances tolerances)
{
    private readonly List<PatchStep> _steps = [.. operations.Where(step => !step.IsPassedOver)];

    /// <summary>What `active` is set to, if nothing else is touched; null otherwise.</summary>
    /// <exception cref="ScimException">It is no boolean.</exception>
    public bool? OnlyActive() =>
        _steps.Count > 0 && _steps.All(step => step is { Verb: not PatchVerb.Remove, Value: not null, Path: { SubAttribute: "", Filter: null } path } && path.Is("active"))
            ? _steps.Select(step => Booleans.Read("active", step.Value, tolerances)).Last()
            : null;

    /// <summary>The steps in the contract's form.</summary>
    /// <exception cref="ScimException">A value cannot be understood.</exception>
    public IEnumerable<TeammateStep> Read() => _steps.Select(step => new TeammateStep
    {
        Op = step.Verb switch { PatchVerb.Add => Op.Add, PatchVerb.Replace => Op.Replace, _ => Op.Remove },
        Path = StandardOf(step.Path),
        ValueJson = UserBody.ReadStep(step, tolerances) is { } value ? ProfileJson.WriteRaw(value) : step.Verb == PatchVerb.Remove ? "" : "null",
    });

    /// <summary>The path in standard form, if that means the same: a key within a schema's object may look like something else outside of it.</summary>
    private static string StandardOf(PatchPath path)
    {
        try
        {
            var read = PatchPath.Parse(path.Standard, path.Type);
            if ((read.Name.GetType(), read.Schema, read.Attribute, read.SubAttribute) == (path.Name.GetType(), path.Schema, path.Attribute, path.SubAttribute))
            {
                return path.Standard;
            }
        }
        catch (Exception failure) when (failure is PatchException or FilterFormatException)
        {
            // It is no path outside of its schema's object.
        }

        throw ScimException.Path($"{path.Text} is no attribute's name that a PATCH can set. Correct it in the attribute mapping of the identity provider.");
    }
}
