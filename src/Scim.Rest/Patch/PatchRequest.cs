using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Filtering;
using Provisioning.Json;
using Provisioning.Patch;
using Provisioning.Schemas;
using Scim.Tolerance;
using Scim.Wire;

namespace Scim.Patch;

/// <summary>Reads a PATCH body into steps, each on one path, as providers really send them.</summary>
internal sealed class PatchRequest
{
    /// <summary>The URN of PATCH bodies.</summary>
    public const string Schema = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

    private const int MaxOperations = 1_000;

    private const string WholeAttribute = "";

    private readonly ResourceType _type;
    private readonly Tolerances _tolerances;

    private PatchRequest(ResourceType type, Tolerances tolerances) => (_type, _tolerances) = (type, tolerances);

    /// <summary>Reads the steps, in order.</summary>
    /// <exception cref="ScimException">The body is not of the form, or a path cannot be read or written.</exception>
    public static IReadOnlyList<PatchStep> Read(JsonObject body, ResourceType type, Tolerances tolerances)
    {
        SchemasMember.Check(body, Schema, tolerances);
        if (body.Member("Operations") is not JsonArray operations || operations.Count is 0 or > MaxOperations)
        {
            throw ScimException.Syntax($"A PATCH body must hold \"Operations\", a list of 1 to {MaxOperations} operations.");
        }

        var request = new PatchRequest(type, tolerances);
        try
        {
            return [.. operations.SelectMany(request.ReadOperation)];
        }
        catch (Exception failure) when (failure is PatchException or FilterFormatException)
        {
            throw ScimException.Of(failure);
        }
    }

    private IEnumerable<PatchStep> ReadOperation(JsonNode? node)
    {
        var operation = node as JsonObject ?? throw ScimException.Syntax("Each of \"Operations\" must be an object with \"op\".");
        operation.RequireEachOnce();
        var verb = ReadVerb(operation.Member("op"));
        var (value, hasValue) = (
            operation.Member("value"), operation.Any(entry => entry.Key.Equals("value", StringComparison.OrdinalIgnoreCase)));
        if (verb != PatchVerb.Remove && !hasValue)
        {
            throw ScimException.Syntax("An add or replace operation must have a \"value\"; null removes what the path names.");
        }

        switch (operation.Member("path"))
        {
            case null when verb == PatchVerb.Remove:
                throw ScimException.NoTarget("A remove operation must have a \"path\" that says what to remove.");
            case null:
                _tolerances.Note(Tolerated.NoPath);
                return WithoutContradiction(Pathless(verb, value));
            case JsonValue text when text.GetValueKind() == JsonValueKind.String:
                var path = PatchPath.Parse(text.GetValue<string>(), _type);
                Note(path);
                if (value is null && hasValue && path is { Filter: null, SubAttribute: "" } && path.Known == GroupSchemas.Members)
                {
                    throw ScimException.Value(
                        "The value for members is null. Name the members to remove, or leave \"value\" out to remove them all.");
                }

                return path.Name is AttributeName.WholeSchema whole && verb != PatchVerb.Remove
                    ? WithoutContradiction(InSchema(verb, whole.Schema, value))
                    : WithPath(verb, path, value);
            default:
                throw ScimException.Path("\"path\" must be a text.");
        }
    }

    private PatchVerb ReadVerb(JsonNode? op)
    {
        var text = op?.GetValueKind() == JsonValueKind.String ? op.GetValue<string>() : "";
        if (text.Any(char.IsUpper))
        {
            _tolerances.Note(Tolerated.OpCase);
        }

        return text.ToLowerInvariant() switch
        {
            "add" => PatchVerb.Add,
            "replace" => PatchVerb.Replace,
            "remove" => PatchVerb.Remove,
            _ => throw ScimException.Syntax($"\"op\" must be add, replace or remove, not \"{text}\"."),
        };
    }

    private IEnumerable<PatchStep> WithPath(PatchVerb verb, PatchPath path, JsonNode? value)
    {
        // A member's parts cannot change, so that removing one can end in nothing but its filter, as RFC 7644 section 3.5.2.2 does.
        if (path is { Filter: not null, SubAttribute: "" } && !(verb == PatchVerb.Remove && path.Known == GroupSchemas.Members))
        {
            _tolerances.Note(Tolerated.PathEndsInFilter);
        }

        return [Step(verb, path, value)];
    }

    /// <summary>
    /// Each key of a pathless value is a path; an object under a schema's URN holds that schema's attributes. What
    /// providers send back without meaning it is passed over.
    /// </summary>
    private IEnumerable<PatchStep> Pathless(PatchVerb verb, JsonNode? value)
    {
        if (value is JsonArray { Count: 1 } list)
        {
            _tolerances.Note(Tolerated.ListOfOne);
            value = list[0];
        }

        var attributes = value as JsonObject
            ?? throw ScimException.Syntax(
                "An operation without a \"path\" must have an object as its \"value\", such as {\"active\": false}.");
        foreach (var (key, node) in attributes)
        {
            var path = PatchPath.Parse(key, _type);
            if (path.Name is AttributeName.WholeSchema whole)
            {
                foreach (var step in node is null ? [] : InSchema(verb, whole.Schema, node))
                {
                    yield return step;
                }

                continue;
            }

            if (path.SubAttribute.Length > 0 || path.Filter is not null
                || (AttributeNames.IsUrn(key) && path.Name is not AttributeName.Foreign))
            {
                _tolerances.Note(Tolerated.PathAsKey);
            }

            if (_type == ResourceType.Group && path.Name is AttributeName.Unknown { Schema: "", Name: var part }
                && GroupSchemas.Members.Sub(part) is { Name: "value" or "$ref" })
            {
                throw ScimException.Path($"\"{key}\" belongs to a member. Send the path members, or {{\"members\": [...]}} as the value.");
            }

            if (path.Name is AttributeName.Foreign && !_type.KeepsOthers && node is JsonValue)
            {
                throw ScimException.Path(
                    $"{_type.Name}s have no attribute {key}. Remove it from the attributes that the identity provider sends.");
            }

            if (IsMeant(path))
            {
                yield return Step(verb, path, node);
            }
        }
    }

    /// <summary>
    /// The steps of one value, which must not contradict each other. The keys of an object have no order, so that nobody could tell which
    /// of two values is meant, and a block could be lost.
    /// </summary>
    /// <exception cref="ScimException">Two of them give one attribute different values.</exception>
    private static List<PatchStep> WithoutContradiction(IEnumerable<PatchStep> steps)
    {
        var all = steps.ToList();
        foreach (var same in all.GroupBy(AttributeOf, StringComparer.OrdinalIgnoreCase).Where(same => same.Skip(1).Any()))
        {
            var values = new Dictionary<string, JsonNode?>(StringComparer.OrdinalIgnoreCase);
            foreach (var step in same)
            {
                var contradicts = ValuesByPart(step).Any(each =>
                    !values.TryAdd(each.Part, each.Value) && !AreEqual(step.Path.Known, values[each.Part], each.Value));
                if (contradicts || (values.ContainsKey(WholeAttribute) && values.Count > 1))
                {
                    throw ScimException.Syntax($"{step.Path.Text} is there twice, with different values. Send each attribute once.");
                }
            }
        }

        return all;
    }

    private static string AttributeOf(PatchStep step) =>
        step.Path.Name is AttributeName.Foreign foreign ? foreign.Urn : $"{step.Path.Schema}:{step.Path.Attribute}";

    /// <summary>
    /// The values that a step gives, by sub-attribute. An object gives one for each of its keys, as steps on these paths would.
    /// </summary>
    private static IEnumerable<(string Part, JsonNode? Value)> ValuesByPart(PatchStep step)
    {
        var path = step.Path;
        return path.Filter is not null ? [($"[{path.Filter}].{path.SubAttribute}", step.Value)]
            : path.SubAttribute.Length > 0 ? [(path.SubAttribute, step.Value)]
            : step.Value is JsonObject parts ? parts.Select(part => (part.Key, part.Value))
            : [(WholeAttribute, step.Value)];
    }

    /// <summary>Compares two values of one attribute. A boolean and its text, such as true and "True", are equal.</summary>
    private static bool AreEqual(SchemaAttribute? known, JsonNode? one, JsonNode? other) =>
        JsonNode.DeepEquals(one, other)
        || (known is { Type: AttributeType.Boolean } && bool.TryParse(one?.ToString(), out var first)
            && bool.TryParse(other?.ToString(), out var second) && first == second);

    /// <summary>The attributes of one schema, each by its name in a value.</summary>
    private IEnumerable<PatchStep> InSchema(PatchVerb verb, string schema, JsonNode? value)
    {
        var attributes = value as JsonObject ?? throw ScimException.Value(
            $"The value for {(schema.Length > 0 ? schema : _type.Core.Id)} must be an object.");
        foreach (var (name, node) in attributes)
        {
            var path = PatchPath.InSchema(schema, name, _type);
            if (path.Name is not AttributeName.WholeSchema && IsMeant(path))
            {
                yield return Step(verb, path, node);
            }
            else if (path.Name is AttributeName.WholeSchema)
            {
                throw ScimException.Value($"{name} cannot stand within a schema's own attributes.");
            }
        }
    }

    /// <summary>
    /// Whether a path of a pathless value is meant: what is sent back without meaning it is not, nor what the kind of resource does not
    /// keep.
    /// </summary>
    private bool IsMeant(PatchPath path)
    {
        Note(path);
        return path.Known is not { Mutability: Mutability.ReadOnly or Mutability.WriteOnly }
            && (path.Known is not null || path.Type.KeepsOthers);
    }

    private PatchStep Step(PatchVerb verb, PatchPath path, JsonNode? value) =>
        new(verb, path, path.Known is { } known ? Unwrap(path, known, value) : value);

    /// <summary>
    /// The value without what some clients put around it, where it can mean one thing alone: the attribute's own name inside the value
    /// (Salesforce, WSO2), and a list of one where one value belongs (SCIM-SDK).
    /// </summary>
    private JsonNode? Unwrap(PatchPath path, SchemaAttribute known, JsonNode? value)
    {
        if (path is { Filter: null, SubAttribute: "" } && value is JsonObject { Count: 1 } item && known.Sub(item.First().Key) is null
            && AttributeNames.Resolve(_type, item.First().Key) is AttributeName.Known { Part: "" } inner && inner.Attribute == known)
        {
            _tolerances.Note(Tolerated.NestedValue);
            value = item.First().Value;
        }

        var target = path.SubAttribute.Length > 0 ? known.Sub(path.SubAttribute) : known;
        if (value is JsonArray { Count: 1 } list && target is { MultiValued: false }
            && (path.SubAttribute.Length > 0 || path.Filter is null))
        {
            _tolerances.Note(Tolerated.ListOfOne);
            value = list[0];
        }

        return value;
    }

    private void Note(PatchPath path)
    {
        _tolerances.NoteName(path.Name);
        if (!path.Type.KeepsOthers && path.Name is AttributeName.Unknown unknown)
        {
            _tolerances.Ignored.Add(unknown.Name);
        }
    }
}
