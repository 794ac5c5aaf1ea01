using System.Text.Json.Nodes;
using Provisioning.Schemas;

namespace Provisioning.Patch;

/// <summary>One step of a PATCH, on one path.</summary>
/// <param name="Verb">What it does.</param>
/// <param name="Path">Where.</param>
/// <param name="Value">With what; null for nothing, which removes what the path names.</param>
public sealed record PatchStep(PatchVerb Verb, PatchPath Path, JsonNode? Value)
{
    /// <summary>
    /// True for a step that changes nothing and is no fault: it sets a password, which is never stored, or `schemas`, which the service
    /// computes (RFC 7644 section 3.5.2).
    /// </summary>
    public bool IsIgnored =>
        Path.Known is { Mutability: Mutability.WriteOnly } || (Path.Known is { Name: "schemas" } && Verb != PatchVerb.Remove);

    /// <summary>Checks that the path may be written so.</summary>
    /// <exception cref="PatchException">It may not.</exception>
    public void Check()
    {
        switch (Path.Known)
        {
            case { Mutability: Mutability.ReadOnly } known:
                throw PatchException.ReadOnly(known.Name);
            case { Required: true } known when Verb == PatchVerb.Remove && Path.Filter is null && Path.SubAttribute.Length == 0:
                throw PatchException.Mutability($"{known.Name} is required and cannot be removed. Set it to another value instead.");
            case { } known when Path.SubAttribute.Length > 0
                && known.Sub(Path.SubAttribute) is { Mutability: Mutability.ReadOnly or Mutability.Immutable } part:
                throw PatchException.ReadOnly($"{known.Name}.{part.Name}");
            case { MultiValued: false } known when Path.Filter is not null:
                throw PatchException.Path($"{known.Name} has one value at most, so that a path cannot choose from its values with [ ].");
            case null when !Path.Type.KeepsOthers:
                throw PatchException.Path(
                    $"{Path.Type.Name}s have no attribute {Path.Text}. Remove it from the attributes that the identity provider sends.");
        }
    }
}
