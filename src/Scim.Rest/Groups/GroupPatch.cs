using System.Text.Json.Nodes;
using Provisioning.Filtering;
using Provisioning.Json;
using Provisioning.Patch;
using Provisioning.Schemas;
using Provisioning.V1;
using Scim.Tolerance;
using Scim.Wire;

namespace Scim.Groups;

/// <summary>
/// A PATCH of a group as the steps of one ModifyTeammateGroup. Members move by what is added and removed; the list is
/// never read.
/// </summary>
internal sealed class GroupPatch(Tolerances tolerances)
{
    /// <summary>How many steps one ModifyTeammateGroup takes.</summary>
    private const int MaxSteps = 1_000;

    /// <summary>The steps, in order.</summary>
    /// <exception cref="ScimException">A value cannot be understood.</exception>
    public IReadOnlyList<GroupStep> Read(IEnumerable<PatchStep> steps)
    {
        List<GroupStep> read;
        try
        {
            read = [.. steps.Where(step => !step.IsIgnored).SelectMany(ReadStep)];
        }
        catch (Exception failure) when (failure is PatchException or FilterFormatException)
        {
            throw ScimException.Of(failure);
        }

        return read.Count <= MaxSteps
            ? read
            : throw ScimException.TooLarge($"The operations come to more than {MaxSteps} changes of one group. Send fewer in a request.");
    }

    private IEnumerable<GroupStep> ReadStep(PatchStep step)
    {
        step.Check();
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
            return [new() { Rename = GroupBody.Text("displayName", step.Value) is { Length: > 0 } name ? name
                : throw ScimException.Value("displayName must not be empty.") }];
        }

        if (!step.Path.Is("externalId"))
        {
            throw step.Path.Name is AttributeName.WholeSchema
                ? ScimException.Path("The whole group cannot be removed by PATCH.")
                : ScimException.ReadOnly(step.Path.Attribute);
        }

        return [new() { SetExternalId = step.Verb == PatchVerb.Remove ? "" : GroupBody.Text("externalId", step.Value) ?? "" }];
    }

    private IEnumerable<GroupStep> ReadMembers(PatchStep step)
    {
        if (step.Path.SubAttribute.Length > 0)
        {
            throw ScimException.Mutability($"members.{step.Path.SubAttribute} cannot be changed. Remove the member and add another.");
        }

        if (step.Path.Filter is { } filter)
        {
            return step.Verb == PatchVerb.Remove || step.Value is null ? [Removal(filter, step.Path.FilterText)] : [Addition(step, filter)];
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

    private static GroupStep Removal(Filter filter, string text) =>
        filter is Filter.Comparison && Seed(filter)?["value"] is { } id
            ? new() { RemoveMembers = new() { TeammateIds_ = { id.GetValue<string>() } } }
            : new() { RemoveMatching = text };

    private static JsonObject? Seed(Filter filter) => new ValueFilter(ResourceType.Group, "members", GroupSchemas.Members, filter).Seed();

    /// <summary>members[value eq "x"] as what to add or replace: that member is in it afterwards.</summary>
    private GroupStep Addition(PatchStep step, Filter filter)
    {
        var named = (filter is Filter.Comparison ? Seed(filter) : null)?["value"]?.ToString()
            ?? throw ScimException.NoTarget("A path into members must name one member, as in members[value eq \"tea_…\"].");
        var member = step.Value as JsonObject ?? throw ScimException.Value(
            "The value for one member must be an object, such as {\"value\": \"tea_…\"}.");
        if (member.Member("value") is { } value && value.ToString() != named)
        {
            throw ScimException.Mutability("A member's value cannot be changed. Remove the member and add another.");
        }

        tolerances.Note(Tolerated.ValueMade);
        return new() { AddMembers = new() { TeammateIds_ = { named } } };
    }
}
