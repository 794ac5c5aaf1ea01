using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Schemas;
using Scim.Tolerance;
using Scim.Wire;

namespace Scim.Patch;

/// <summary>What a step does (RFC 7644 section 3.5.2).</summary>
internal enum PatchVerb
{
    Add,
    Replace,
    Remove,
}

/// <summary>One step on one path. Pathless operations are several of these.</summary>
internal sealed record PatchStep(PatchVerb Verb, PatchPath Path, JsonNode? Value);

/// <summary>Reads a PATCH body into steps, each on one path, as providers really send them.</summary>
internal static class PatchRequest
{
    /// <summary>The URN of PATCH bodies.</summary>
    public const string Schema = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

    private const int MaxOperations = 1_000;

    /// <summary>Reads the steps, in order.</summary>
    /// <exception cref="ScimException">The body is not of the form, or a path cannot be read or written.</exception>
    public static IReadOnlyList<PatchStep> Read(JsonObject body, ResourceType type, Tolerances tolerances)
    {
        SchemasMember.Check(body, Schema, tolerances);
        if (body.Member("Operations") is not JsonArray operations || operations.Count is 0 or > MaxOperations)
        {
            throw ScimException.Syntax($"A PATCH body must hold \"Operations\", a list of 1 to {MaxOperations} operations.");
        }

        return [.. operations.SelectMany(operation => ReadOperation(operation, type, tolerances))];
    }

    private static IEnumerable<PatchStep> ReadOperation(JsonNode? node, ResourceType type, Tolerances tolerances)
    {
        var operation = node as JsonObject ?? throw ScimException.Syntax("Each of \"Operations\" must be an object with \"op\".");
        var verb = ReadVerb(operation.Member("op"), tolerances);
        var value = operation.Member("value");
        if (verb != PatchVerb.Remove && !operation.Any(entry => entry.Key.Equals("value", StringComparison.OrdinalIgnoreCase)))
        {
            throw ScimException.Syntax("An add or replace operation must have a \"value\"; null removes what the path names.");
        }

        switch (operation.Member("path"))
        {
            case null when verb == PatchVerb.Remove:
                throw ScimException.NoTarget("A remove operation must have a \"path\" that says what to remove.");
            case null:
                tolerances.Note(Tolerated.NoPath);
                return Pathless(verb, value, type, tolerances);
            case JsonValue text when text.GetValueKind() == JsonValueKind.String:
                var path = PatchPath.Parse(text.GetValue<string>(), type);
                return path.Attribute.Length == 0 && verb != PatchVerb.Remove
                    ? InSchema(verb, path.Schema, value, type, tolerances)
                    : WithPath(verb, path, value, tolerances);
            default:
                throw ScimException.Path("\"path\" must be a text.");
        }
    }

    private static PatchVerb ReadVerb(JsonNode? op, Tolerances tolerances)
    {
        var text = op?.GetValueKind() == JsonValueKind.String ? op.GetValue<string>() : "";
        if (text.Any(char.IsUpper))
        {
            tolerances.Note(Tolerated.OpCase);
        }

        return text.ToLowerInvariant() switch
        {
            "add" => PatchVerb.Add,
            "replace" => PatchVerb.Replace,
            "remove" => PatchVerb.Remove,
            _ => throw ScimException.Syntax($"\"op\" must be add, replace or remove, not \"{text}\"."),
        };
    }

    private static IEnumerable<PatchStep> WithPath(PatchVerb verb, PatchPath path, JsonNode? value, Tolerances tolerances)
    {
        switch (path.Known)
        {
            case { Mutability: Mutability.WriteOnly }:
                return [];
            case { Mutability: Mutability.ReadOnly } known:
                throw ScimException.ReadOnly(known.Name);
            case { Required: true } known when verb == PatchVerb.Remove && path.Filter is null && path.SubAttribute.Length == 0:
                throw ScimException.Mutability($"{known.Name} is required and cannot be removed. Set it to another value instead.");
            case { } known when path.SubAttribute.Length > 0 && known.Sub(path.SubAttribute) is { Mutability: Mutability.ReadOnly or Mutability.Immutable } part:
                throw ScimException.ReadOnly($"{known.Name}.{part.Name}");
            case null when !path.Type.KeepsOthers:
                throw ScimException.Path($"{path.Type.Name}s have no attribute {(path.Attribute.Length > 0 ? path.Attribute : path.Schema.Length > 0 ? path.Schema : path.Type.Core.Id)}. Remove it from the attributes that the identity provider sends.");
        }

        // A member's parts cannot change, so that removing one can end in nothing but its filter, as RFC 7644 section 3.5.2.2 does.
        if (path is { Filter: not null, SubAttribute: "" } && !(verb == PatchVerb.Remove && path.Known == GroupSchemas.Members))
        {
            tolerances.Note(Tolerated.PathEndsInFilter);
        }

        Note(path, tolerances);
        return [new(verb, path, value)];
    }

    /// <summary>
    /// Each key of a pathless value is a path; an object under a schema's URN holds that schema's attributes. What
    /// providers send back without meaning it is passed over.
    /// </summary>
    private static IEnumerable<PatchStep> Pathless(PatchVerb verb, JsonNode? value, ResourceType type, Tolerances tolerances)
    {
        var attributes = value as JsonObject
            ?? throw ScimException.Syntax("An operation without a \"path\" must have an object as its \"value\", such as {\"active\": false}.");
        foreach (var (name, node) in attributes)
        {
            if (PatchPath.IsSchema(name, type) && (node is null or JsonObject || name.Equals(type.Core.Id, StringComparison.OrdinalIgnoreCase)))
            {
                foreach (var step in node is null ? [] : InSchema(verb, name, node, type, tolerances))
                {
                    yield return step;
                }

                continue;
            }

            var path = PatchPath.Parse(name, type);
            if (path.SubAttribute.Length > 0 || path.Filter is not null || path.Schema.Length > 0)
            {
                tolerances.Note(Tolerated.PathAsKey);
            }

            if (Meant(path, tolerances) is { } meant)
            {
                yield return new(verb, meant, node);
            }
        }
    }

    /// <summary>The attributes of one schema, each by its name in a value.</summary>
    private static IEnumerable<PatchStep> InSchema(PatchVerb verb, string schema, JsonNode? value, ResourceType type, Tolerances tolerances)
    {
        var attributes = value as JsonObject ?? throw ScimException.Value($"The value for {(schema.Length > 0 ? schema : type.Core.Id)} must be an object.");
        foreach (var (name, node) in attributes)
        {
            if (Meant(PatchPath.InSchema(schema, name, type), tolerances) is { } path)
            {
                yield return new(verb, path, node);
            }
        }
    }

    /// <summary>A path of a pathless value; null for what is sent back without meaning it, and for what the kind of resource does not keep.</summary>
    private static PatchPath? Meant(PatchPath path, Tolerances tolerances)
    {
        Note(path, tolerances);
        return path.Known is { Mutability: Mutability.ReadOnly or Mutability.WriteOnly } || (path.Known is null && !path.Type.KeepsOthers) ? null : path;
    }

    private static void Note(PatchPath path, Tolerances tolerances)
    {
        if (path is { Attribute.Length: > 0, Known: null })
        {
            tolerances.Note(path.Type.Extension(path.Schema) is null && path.Schema.Length > 0 ? Tolerated.UnknownSchema : Tolerated.UnknownAttribute);
        }
    }
}
