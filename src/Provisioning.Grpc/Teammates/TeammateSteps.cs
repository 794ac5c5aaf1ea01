using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Contract;
using Provisioning.Json;
using Provisioning.Patch;
using Provisioning.Schemas;
using Provisioning.V1;

namespace Provisioning.Teammates;

/// <summary>The steps of a ModifyTeammate, as read from the request.</summary>
internal sealed class TeammateSteps
{
    private const int MaxSteps = 1_000;

    private readonly List<PatchStep> _steps;

    private TeammateSteps(List<PatchStep> steps, bool? active) => (_steps, Active) = (steps, active);

    /// <summary>What they set `active` to in the end; null where none names it.</summary>
    public bool? Active { get; }

    /// <summary>How many there are, those on a whole schema taken attribute by attribute.</summary>
    public int Count => _steps.Count;

    /// <summary>True if a step changes something else than `active`.</summary>
    public bool ChangeMoreThanActive => _steps.Any(step => !step.IsIgnored && !step.Path.Is("active"));

    /// <summary>The names in them that no schema has and that are set, with the path to them.</summary>
    public IEnumerable<string> UnknownNames => _steps.Where(step => step is { Verb: not PatchVerb.Remove, Value: not null })
        .SelectMany(NamesIn).Distinct(StringComparer.Ordinal);

    /// <summary>Reads steps.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_FIELD, INVALID_PATH, INVALID_FILTER.</exception>
    public static TeammateSteps Read(IReadOnlyCollection<TeammateStep> steps)
    {
        List<PatchStep> read =
        [
            .. steps.Select(Read).SelectMany(step => Translate(step.Path.Text, () => AttributesOf(step).ToList())).Take(MaxSteps + 1),
        ];
        return read.Count > MaxSteps
            ? throw Failures.InvalidField("steps", $"steps come to more than {MaxSteps} changes of one teammate. Send fewer in a request.")
            : new(read, Translate("active", () => TeammatePatch.ActiveAfter(read)));
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
            Translate(step.Path.Text, () =>
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
            ? attributes.SelectMany(each =>
                AttributesOf(new(step.Verb, PatchPath.InSchema(whole.Schema, each.Key, ResourceType.User), each.Value)))
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
        var path = Translate(step.Path, () => PatchPath.Parse(step.Path, ResourceType.User));
        return verb != PatchVerb.Remove && step.ValueJson.Length == 0
            ? throw Failures.InvalidField(
                $"steps[{index}].value_json",
                $"steps[{index}].value_json is missing. Give the value as JSON; null removes what the path names.")
            : new(verb, path, ValueOf(step, path, index));
    }

    private static JsonNode? ValueOf(TeammateStep step, PatchPath path, int index)
    {
        try
        {
            var value = step.ValueJson.Length == 0 ? null : ProfileJson.ParseRaw(step.ValueJson);
            return path is { Known: { SubAttributes.Count: > 0 } known, SubAttribute: "" } ? WithNamesOf(known, value) : value;
        }
        catch (JsonException)
        {
            throw Failures.InvalidField(
                $"steps[{index}].value_json",
                $"steps[{index}].value_json is no JSON, nests more than {ProfileJson.MaxDepth} levels deep, or repeats a key.");
        }
    }

    /// <summary>A value of a complex attribute with its sub-attributes in the schema's letters, so that a later step finds them.</summary>
    /// <exception cref="JsonException">A sub-attribute is there twice, in two letter cases.</exception>
    private static JsonNode? WithNamesOf(SchemaAttribute known, JsonNode? value)
    {
        switch (value)
        {
            case JsonArray list:
                return new JsonArray([.. list.Select(item => item is JsonObject ? WithNamesOf(known, item) : item?.DeepClone())]);
            case JsonObject item:
                var named = new JsonObject();
                foreach (var (name, node) in item)
                {
                    if (named.Member(name) is not null || !named.TryAdd(known.Sub(name)?.Name ?? name, node?.DeepClone()))
                    {
                        throw new JsonException();
                    }
                }

                return named;
            default:
                return value;
        }
    }

    private static T Translate<T>(string path, Func<T> work)
    {
        try
        {
            return FilterFaults.Translate(work);
        }
        catch (PatchException failure)
        {
            throw Failures.Patch(path, failure);
        }
    }

    /// <summary>
    /// The names in a step that no schema has. Extensions of others are no misspelt names: a URN says what they are.
    /// </summary>
    private static IEnumerable<string> NamesIn(PatchStep step) => step.Path.Name switch
    {
        AttributeName.Unknown unknown => [Qualified(unknown.Schema, unknown.Name)],
        AttributeName.Known { Attribute: { SubAttributes.Count: > 0, Name: not "roles" } } known =>
            PartsIn(step, known).Where(part => known.Attribute.Sub(part) is null)
                .Select(part => Qualified(known.Schema, $"{known.Attribute.Name}.{part}")),
        _ => [],
    };

    private static string Qualified(string schema, string name) => schema.Length > 0 ? $"{schema}:{name}" : name;

    /// <summary>
    /// The sub-attributes that a step names: in its path, in its value, or in the path's filter, from which a new value may be made.
    /// </summary>
    private static IEnumerable<string> PartsIn(PatchStep step, AttributeName.Known known) =>
    [
        .. known.Part.Length > 0 ? [known.Part] : ObjectsIn(step.Value).SelectMany(item => item.Select(part => part.Key)),
        .. step.Path.Filter?.Attributes.Where(name => name.AsSpan().IndexOfAny('.', ':') < 0) ?? [],
    ];

    private static IEnumerable<JsonObject> ObjectsIn(JsonNode? value) => value switch
    {
        JsonArray list => list.OfType<JsonObject>(),
        JsonObject item => [item],
        _ => [],
    };
}
