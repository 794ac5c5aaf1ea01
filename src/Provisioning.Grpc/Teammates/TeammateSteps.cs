using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Json;
using Provisioning.Patch;
using Provisioning.Schemas;
using Provisioning.V1;

namespace Provisioning.Teammates;

/// <summary>The steps of a ModifyTeammate, as read from the request.</summary>
internal sealed class TeammateSteps
{
    private const int MaxSteps = 10_000;

    private readonly List<PatchStep> _steps;

    private TeammateSteps(List<PatchStep> steps, bool? active) => (_steps, Active) = (steps, active);

    /// <summary>What they set `active` to in the end; null where none names it.</summary>
    public bool? Active { get; }

    /// <summary>Whether they touch anything but `active`.</summary>
    public bool TouchMore => _steps.Any(step => !step.IsPassedOver && !step.Path.Is("active"));

    /// <summary>The names in them that no schema has and that are set, with the path to them.</summary>
    public IEnumerable<string> UnknownNames => _steps.Where(step => step is { Verb: not PatchVerb.Remove, Value: not null }).SelectMany(NamesIn).Distinct(StringComparer.Ordinal);

    /// <summary>Reads steps.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_FIELD, INVALID_PATH, INVALID_FILTER.</exception>
    public static TeammateSteps Read(IReadOnlyCollection<TeammateStep> steps)
    {
        if (steps.Count > MaxSteps)
        {
            throw Failures.InvalidField("steps", $"steps has more than {MaxSteps} entries. Send fewer in a request.");
        }

        List<PatchStep> read = [.. steps.Select(Read).SelectMany(step => Translated<List<PatchStep>>(step.Path.Text, () => [.. AttributesOf(step)]))];
        return new(read, read.Count == 0 ? null : Translated("active", () => TeammatePatch.ActiveAfter(read)));
    }

    /// <summary>Applies the steps.</summary>
    /// <param name="user">The profile in SCIM's JSON, with `externalId`. It is changed.</param>
    /// <param name="isStrict">Whether what is outside RFC 7644 is refused.</param>
    /// <exception cref="Grpc.Core.RpcException">INVALID_FIELD, INVALID_PATH, INVALID_FILTER, NO_TARGET, ATTRIBUTE_NOT_MUTABLE.</exception>
    public void ApplyTo(JsonObject user, bool isStrict)
    {
        var patch = new TeammatePatch(user, isStrict);
        foreach (var step in _steps)
        {
            Translated(step.Path.Text, () =>
            {
                patch.Apply(step);
                return true;
            });
        }

        patch.Finish();
    }

    /// <summary>A step on a whole schema as steps on its attributes: one of them may be `active`.</summary>
    private static IEnumerable<PatchStep> AttributesOf(PatchStep step) =>
        step is { Verb: not PatchVerb.Remove, Path.Name: AttributeName.WholeSchema whole, Value: JsonObject attributes }
            ? attributes.SelectMany(each => AttributesOf(new(step.Verb, PatchPath.InSchema(whole.Schema, each.Key, ResourceType.User), each.Value)))
            : [step];

    private static PatchStep Read(TeammateStep step, int index)
    {
        var verb = step.Op switch
        {
            TeammateStep.Types.Op.Add => PatchVerb.Add,
            TeammateStep.Types.Op.Replace => PatchVerb.Replace,
            TeammateStep.Types.Op.Remove => PatchVerb.Remove,
            _ => throw Failures.InvalidField($"steps[{index}].op", $"steps[{index}].op must be ADD, REPLACE or REMOVE."),
        };
        var path = Translated(step.Path, () => PatchPath.Parse(step.Path, ResourceType.User));
        return verb != PatchVerb.Remove && step.ValueJson.Length == 0
            ? throw Failures.InvalidField($"steps[{index}].value_json", $"steps[{index}].value_json is missing. Give the value as JSON; null removes what the path names.")
            : new(verb, path, ValueOf(step, index));
    }

    private static JsonNode? ValueOf(TeammateStep step, int index)
    {
        try
        {
            return step.ValueJson.Length == 0 ? null : ProfileJson.ParseRaw(step.ValueJson);
        }
        catch (JsonException)
        {
            throw Failures.InvalidField($"steps[{index}].value_json", $"steps[{index}].value_json is no JSON, nests more than {ProfileJson.MaxDepth} levels deep, or repeats a key.");
        }
    }

    private static T Translated<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (PatchException failure)
        {
            throw Failures.Patch(path, failure);
        }
        catch (FilterFormatException failure)
        {
            throw Failures.InvalidFilter(failure.Attribute, failure.Message);
        }
    }

    /// <summary>Extensions of others are no misspelt names: a URN says what they are.</summary>
    private static IEnumerable<string> NamesIn(PatchStep step) => step.Path.Name switch
    {
        AttributeName.Unknown unknown => [unknown.Schema.Length > 0 ? $"{unknown.Schema}:{unknown.Name}" : unknown.Name],
        AttributeName.Known { Attribute: { SubAttributes.Count: > 0, Name: not "roles" } } known => PartsIn(step, known).Where(part => known.Attribute.Sub(part) is null)
            .Select(part => $"{(known.Schema.Length > 0 ? known.Schema + ":" : "")}{known.Attribute.Name}.{part}"),
        _ => [],
    };

    private static IEnumerable<string> PartsIn(PatchStep step, AttributeName.Known known) =>
        known.Part.Length > 0 ? [known.Part]
        : (step.Value as JsonArray ?? [step.Value?.DeepClone()]).OfType<JsonObject>().SelectMany(item => item.Select(part => part.Key));
}
