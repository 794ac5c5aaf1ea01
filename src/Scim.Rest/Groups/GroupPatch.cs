using System.Text.Json.Nodes;
using Provisioning.Schemas;
using Provisioning.V1;
using Scim.Filter;
using Scim.Patch;
using Scim.Tolerance;
using Scim.Wire;

namespace Scim.Groups;

/// <summary>
/// A PATCH of a group as the steps of one ModifyTeammateGroup. Members move by what is added and removed; the list is
/// never read.
/// </summary>
internal sealed class GroupPatch(Tolerances tolerances)
{
    /// <summary>The steps, in order.</summary>
    /// <exception cref="ScimException">A value cannot be understood.</exception>
    public IEnumerable<GroupStep> Read(IEnumerable<PatchStep> steps) => steps.SelectMany(ReadStep);

    private IEnumerable<GroupStep> ReadStep(PatchStep step)
    {
        if (step.Path.Attribute.Length == 0)
        {
            return ReadSchema(step);
        }

        if (step.Path.Is("members"))
        {
            return ReadMembers(step);
        }

        if (step.Path.Filter is not null || step.Path.SubAttribute.Length > 0)
        {
            throw ScimException.Path($"{step.Path.Attribute} is one text: it has no parts and no values to choose from.");
        }

        if (step.Path.Is("displayName"))
        {
            return [new() { Rename = GroupBody.Text("displayName", step.Value) is { Length: > 0 } name ? name : throw ScimException.Value("displayName must not be empty.") }];
        }

        return [new() { SetExternalId = step.Verb == PatchVerb.Remove ? "" : GroupBody.Text("externalId", step.Value) ?? "" }];
    }

    /// <summary>The group's attributes under their URN as a path.</summary>
    private IEnumerable<GroupStep> ReadSchema(PatchStep step)
    {
        if (step.Verb == PatchVerb.Remove || step.Value is not JsonObject attributes || step.Path.Schema.Length > 0)
        {
            throw ScimException.Path($"The path {(step.Path.Schema.Length > 0 ? step.Path.Schema : step.Path.Type.Core.Id)} leads to nothing of a group that can be changed so.");
        }

        return attributes.Select(entry => new PatchStep(step.Verb, PatchPath.InSchema(step.Path.Schema, entry.Key, step.Path.Type), entry.Value)).SelectMany(ReadStep);
    }

    private IEnumerable<GroupStep> ReadMembers(PatchStep step)
    {
        if (step.Path.Filter is { } filter)
        {
            return step.Verb == PatchVerb.Remove ? [Removal(filter)] : [Addition(step, filter)];
        }

        if (step.Path.SubAttribute.Length > 0)
        {
            throw ScimException.Mutability($"members.{step.Path.SubAttribute} cannot be changed. Remove the member and add another.");
        }

        switch (step.Verb)
        {
            case PatchVerb.Add:
                return [new() { AddMembers = GroupMembers.Read(step.Value, tolerances) }];
            case PatchVerb.Replace:
                return [new() { ReplaceMembers = GroupMembers.Read(step.Value, tolerances) }];
            case PatchVerb.Remove when step.Value is null:
                return [new() { ReplaceMembers = new() }];
            default:
                // Entra's default and JumpCloud name by value whom they remove, where RFC 7644 would empty the list.
                tolerances.Note(Tolerated.RemoveValues);
                return [new() { RemoveMembers = GroupMembers.Read(step.Value, tolerances) }];
        }
    }

    private static GroupStep Removal(Provisioning.V1.Filter filter) =>
        Seed(filter) is { Count: 1 } only && only["value"] is { } id
            ? new() { RemoveMembers = new() { TeammateIds_ = { id.GetValue<string>() } } }
            : new() { RemoveMatching = filter };

    private static JsonObject? Seed(Provisioning.V1.Filter filter) => new ValueFilter("members", GroupSchemas.Members, filter).Seed();

    /// <summary>members[value eq "x"] as what to add or replace: that member is in it afterwards.</summary>
    private GroupStep Addition(PatchStep step, Provisioning.V1.Filter filter)
    {
        var named = Seed(filter)?["value"]?.ToString()
            ?? throw ScimException.NoTarget("A path into members must name one member, as in members[value eq \"tea_…\"].");
        var member = step.Value as JsonObject ?? [];
        if (member.FirstOrDefault(entry => entry.Key.Equals("value", StringComparison.OrdinalIgnoreCase)).Value is { } value && value.ToString() != named)
        {
            throw ScimException.Mutability("A member's value cannot be changed. Remove the member and add another.");
        }

        tolerances.Note(Tolerated.ValueMade);
        return new() { AddMembers = new() { TeammateIds_ = { named } } };
    }
}
