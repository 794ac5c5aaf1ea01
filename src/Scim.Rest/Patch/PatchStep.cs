using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Json;
using Scim.Schema;
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
    private static readonly string[] SentBack = ["schemas", "id", "meta", "groups", "password"];

    /// <summary>Reads the steps, in order.</summary>
    /// <exception cref="ScimException">The body is not of the form, or a path cannot be read or written.</exception>
    public static IReadOnlyList<PatchStep> Read(JsonObject body, Tolerances tolerances)
    {
        if (Get(body, "schemas") is not JsonArray schemas || !schemas.Any(each => each?.GetValueKind() == JsonValueKind.String && each.GetValue<string>() == Schema))
        {
            tolerances.Note(Tolerated.Schemas);
        }

        if (Get(body, "Operations") is not JsonArray operations || operations.Count is 0 or > MaxOperations)
        {
            throw ScimException.Syntax($"A PATCH body must hold \"Operations\", a list of 1 to {MaxOperations} operations.");
        }

        return [.. operations.SelectMany(operation => ReadOperation(operation, tolerances))];
    }

    private static IEnumerable<PatchStep> ReadOperation(JsonNode? node, Tolerances tolerances)
    {
        var operation = node as JsonObject ?? throw ScimException.Syntax("Each of \"Operations\" must be an object with \"op\".");
        var verb = ReadVerb(Get(operation, "op"), tolerances);
        var value = Get(operation, "value");
        switch (Get(operation, "path"))
        {
            case null when verb == PatchVerb.Remove:
                throw new ScimException(System.Net.HttpStatusCode.BadRequest, ScimType.NoTarget, "A remove operation must have a \"path\" that says what to remove.");
            case null:
                return Pathless(verb, value, tolerances);
            case JsonValue path when path.GetValueKind() == JsonValueKind.String:
                return WithPath(verb, PatchPath.Parse(path.GetValue<string>()), value);
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

    private static IEnumerable<PatchStep> WithPath(PatchVerb verb, PatchPath path, JsonNode? value)
    {
        if (path.Attribute.Equals("password", StringComparison.OrdinalIgnoreCase) && path.Schema.Length == 0)
        {
            return [];
        }

        if (path.Known is { Mutability: Mutability.ReadOnly } known)
        {
            throw ScimException.ReadOnly(known.Name);
        }

        return [new(verb, path, value)];
    }

    /// <summary>
    /// Each key of a pathless value is a path; an object under a schema's URN holds that schema's attributes. What
    /// providers send back without meaning it is passed over.
    /// </summary>
    private static IEnumerable<PatchStep> Pathless(PatchVerb verb, JsonNode? value, Tolerances tolerances)
    {
        var attributes = value as JsonObject
            ?? throw ScimException.Syntax($"An operation without a \"path\" must have an object as its \"value\", such as {{\"active\": false}}.");
        foreach (var (name, node) in attributes)
        {
            if (SentBack.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                continue;
            }

            if (node is JsonObject nested && PatchPath.IsSchema(name))
            {
                foreach (var (inner, each) in nested)
                {
                    if (!SentBack.Contains(inner, StringComparer.OrdinalIgnoreCase))
                    {
                        yield return new(verb, PatchPath.InSchema(name, inner), each);
                    }
                }

                continue;
            }

            if (node is null && PatchPath.IsSchema(name) && !name.Equals(ProfileJson.UserSchema, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var path = PatchPath.Parse(name);
            if (path.SubAttribute.Length > 0 || path.Filter is not null || path.Schema.Length > 0)
            {
                tolerances.Note(Tolerated.PathAsKey);
            }

            if (path.Known is not { Mutability: Mutability.ReadOnly })
            {
                yield return new(verb, path, node);
            }
        }
    }

    private static JsonNode? Get(JsonObject item, string name) =>
        item.FirstOrDefault(entry => entry.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}
