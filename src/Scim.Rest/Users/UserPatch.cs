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
    private readonly List<PatchStep> _steps = [.. operations.Where(step => !step.IsIgnored)];

    /// <summary>What `active` is set to, if nothing else is touched; null otherwise.</summary>
    /// <exception cref="ScimException">It is no boolean.</exception>
    public bool? OnlyActive() => _steps.Count > 0 && _steps.All(IsActive)
        ? _steps.Select(step => Booleans.Read("active", step.Value, tolerances)).Last()
        : null;

    /// <summary>The steps in the contract's form.</summary>
    /// <exception cref="ScimException">A value cannot be understood.</exception>
    public IEnumerable<TeammateStep> Read() => _steps.Select(step => new TeammateStep
    {
        Op = step.Verb switch { PatchVerb.Add => Op.Add, PatchVerb.Replace => Op.Replace, _ => Op.Remove },
        Path = CanonicalPath(step.Path),
        ValueJson = UserValues.OfStep(step, tolerances) is { } value ? ProfileJson.WriteRaw(value)
            : step.Verb == PatchVerb.Remove ? "" : "null",
    });

    private static bool IsActive(PatchStep step) =>
        step is { Verb: not PatchVerb.Remove, Value: not null, Path: { SubAttribute: "", Filter: null } path } && path.Is("active");

    /// <summary>
    /// The path as the contract takes it. A key within a schema's object may look like something else outside of it: then it is refused.
    /// </summary>
    private static string CanonicalPath(PatchPath path)
    {
        try
        {
            var read = PatchPath.Parse(path.CanonicalText, path.Type);
            if (read.Name.GetType() == path.Name.GetType()
                && (read.Schema, read.Attribute, read.SubAttribute) == (path.Schema, path.Attribute, path.SubAttribute))
            {
                return path.CanonicalText;
            }
        }
        catch (Exception failure) when (failure is PatchException or FilterFormatException)
        {
            // It is no path outside of its schema's object.
        }

        throw ScimException.Path(
            $"{path.Text} is no attribute's name that a PATCH can set. Correct it in the attribute mapping of the identity provider.");
    }
}
