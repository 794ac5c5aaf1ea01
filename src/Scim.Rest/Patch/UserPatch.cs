using System.Text.Json.Nodes;
using Provisioning.Schemas;
using Scim.Tolerance;
using Scim.Wire;

namespace Scim.Patch;

/// <summary>
/// Applies steps to a user's JSON in memory (RFC 7644 section 3.5.2): all of them, or by an exception none, since the
/// result is only sent on when every step went well.
/// </summary>
internal sealed class UserPatch(JsonObject user, Tolerances tolerances)
{
    public void Apply(PatchStep step)
    {
        var path = step.Path;
        var verb = step.Verb != PatchVerb.Remove && step.Value is null ? PatchVerb.Remove : step.Verb;
        if (path.Attribute.Length == 0)
        {
            user.Remove(path.Schema.Length > 0 ? user.NameIn(path.Schema) : throw ScimException.Path("The whole user cannot be removed by PATCH."));
            return;
        }

        if (path.Is("active"))
        {
            user["active"] = verb == PatchVerb.Remove
                ? throw ScimException.Value("active cannot be removed. Set it to true or false.")
                : Booleans.Read("active", step.Value, tolerances);
            return;
        }

        if (WholeExtension(path, step.Value) is { } extension)
        {
            ApplyToExtension(extension, verb, step.Value);
            return;
        }

        var holder = Holder(path.Schema, create: verb != PatchVerb.Remove);
        if (holder is null)
        {
            return;
        }

        var name = holder.NameIn(path.Known?.Name ?? path.Attribute);
        if (path.Known is { MultiValued: true } || path.Filter is not null || holder[name] is JsonArray)
        {
            new ListPatch(holder, name, path.Known, tolerances).Apply(verb, path, step.Value);
        }
        else if (path.SubAttribute.Length > 0)
        {
            ApplyToPart(holder, name, path.SubAttribute, verb, step.Value);
        }
        else
        {
            ApplyToAttribute(holder, name, path.Known, verb, step.Value);
        }

        if (path.Schema.Length > 0 && holder.Count == 0)
        {
            user.Remove(user.NameIn(path.Schema));
        }
    }

    /// <summary>
    /// The name of an extension that no schema here names, if the path is all of it: whether the last part of a URN is
    /// an attribute or belongs to the URN only what is there, or comes, tells.
    /// </summary>
    private string? WholeExtension(PatchPath path, JsonNode? value)
    {
        if (path.Schema.Length == 0 || path.Filter is not null || path.SubAttribute.Length > 0 || path.Type.Extension(path.Schema) is not null)
        {
            return null;
        }

        var urn = user.NameIn($"{path.Schema}:{path.Attribute}");
        return user.ContainsKey(urn) || (value is JsonObject && !path.Schema.EndsWith(":" + path.Type.Name, StringComparison.OrdinalIgnoreCase)) ? urn : null;
    }

    private void ApplyToExtension(string urn, PatchVerb verb, JsonNode? value)
    {
        if (verb == PatchVerb.Remove)
        {
            user.Remove(urn);
        }
        else if (user[urn] is JsonObject present && value is JsonObject parts)
        {
            Merge(present, parts);
        }
        else
        {
            user[urn] = value!.DeepClone();
        }
    }

    private JsonObject? Holder(string schema, bool create)
    {
        if (schema.Length == 0)
        {
            return user;
        }

        var name = user.NameIn(schema);
        if (user[name] is JsonObject present)
        {
            return present;
        }

        if (!create)
        {
            return null;
        }

        var made = new JsonObject();
        user[name] = made;
        return made;
    }

    private static void ApplyToAttribute(JsonObject holder, string name, SchemaAttribute? known, PatchVerb verb, JsonNode? value)
    {
        if (verb == PatchVerb.Remove || value is JsonArray { Count: 0 })
        {
            holder.Remove(name);
        }
        else if (known?.Type == AttributeType.Complex && holder[name] is JsonObject present && value is JsonObject parts)
        {
            Merge(present, parts);
        }
        else
        {
            holder[name] = value!.DeepClone();
        }
    }

    private static void ApplyToPart(JsonObject holder, string name, string part, PatchVerb verb, JsonNode? value)
    {
        if (holder[name] is not JsonObject parts)
        {
            if (verb == PatchVerb.Remove)
            {
                return;
            }

            if (holder[name] is not null)
            {
                throw ScimException.Path($"{name} has no parts, so the path {name}.{part} leads nowhere.");
            }

            parts = [];
            holder[name] = parts;
        }

        var inner = parts.NameIn(part);
        if (verb == PatchVerb.Remove)
        {
            parts.Remove(inner);
        }
        else
        {
            parts[inner] = value!.DeepClone();
        }

        if (parts.Count == 0)
        {
            holder.Remove(name);
        }
    }

    /// <summary>Lays parts over an object; null parts go.</summary>
    public static void Merge(JsonObject target, JsonObject parts)
    {
        foreach (var (name, node) in parts)
        {
            var present = target.NameIn(name);
            if (node is null)
            {
                target.Remove(present);
            }
            else
            {
                target[present] = node.DeepClone();
            }
        }
    }
}
