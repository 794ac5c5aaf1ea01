using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Json;
using Provisioning.Patch;
using Provisioning.Schemas;

namespace Provisioning.Teammates;

/// <summary>
/// Applies the steps of a PATCH to a teammate's profile and external id (RFC 7644 section 3.5.2): all of them, or by an exception none,
/// since the result is only stored when every step went well.
/// </summary>
/// <param name="user">The profile in SCIM's JSON, with `externalId`. It is changed.</param>
/// <param name="isStrict">Whether a filter that matches nothing is refused, as RFC 7644 says, rather than making the value that it
/// describes.</param>
internal sealed class TeammatePatch(JsonObject user, bool isStrict)
{
    private const string Manager = "manager";

    private readonly string? _managerBefore = ManagerOf(user)?.Member("value")?.ToJsonString();
    private readonly HashSet<string> _managerParts = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _lists = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What the steps set `active` to in the end; null where none names it.</summary>
    /// <exception cref="PatchException">It is no boolean.</exception>
    public static bool? ActiveAfter(IEnumerable<PatchStep> steps) =>
        steps.LastOrDefault(step => step.Path.Is("active")) is { } last ? ActiveIn(last) : null;

    /// <summary>Applies a step.</summary>
    /// <exception cref="PatchException">The path leads nowhere, or cannot take the value.</exception>
    /// <exception cref="Filtering.FilterFormatException">The path's filter asks for something that the values do not have.</exception>
    public void Apply(PatchStep step)
    {
        if (step.IsIgnored)
        {
            return;
        }

        step.Check();
        var path = step.Path;
        var verb = step.Verb != PatchVerb.Remove && step.Value is null ? PatchVerb.Remove : step.Verb;
        if (path.Name is AttributeName.Foreign foreign)
        {
            ApplyToForeign(foreign.Urn, path, verb, step.Value);
        }
        else if (path.Name is AttributeName.WholeSchema)
        {
            ApplyToSchema(path, verb);
        }
        else if (path.Is("active"))
        {
            _ = ActiveIn(step);
        }
        else if (Holder(path.Schema, create: verb != PatchVerb.Remove) is { } holder)
        {
            NoteManager(path, step.Value);
            ApplyIn(holder, path.Attribute, path.Known, path.SubAttribute, path, verb, step.Value);
            RemoveEmpty(path.Schema);
        }
    }

    /// <summary>
    /// Ends the PATCH. A manager who was changed loses the name and the address of the one before, unless the same PATCH gave new ones
    /// (RFC 7643 section 8.7.1: displayName is the service's to tell). Entries that only say of what type a value is go, if the value never
    /// came.
    /// </summary>
    public void Finish()
    {
        foreach (var name in _lists)
        {
            if (user[name] is JsonArray list)
            {
                foreach (var empty in list.Where(ListPatch.SaysNothing).ToList())
                {
                    list.Remove(empty);
                }

                if (list.Count == 0)
                {
                    user.Remove(name);
                }
            }
        }

        if (ManagerOf(user) is not { } manager || manager.Member("value")?.ToJsonString() == _managerBefore || _managerBefore is null)
        {
            return;
        }

        foreach (var part in (ReadOnlySpan<string>)["displayName", "$ref"])
        {
            if (!_managerParts.Contains(part))
            {
                manager.Remove(manager.NameIn(part));
            }
        }
    }

    private static bool ActiveIn(PatchStep step) =>
        step.Verb == PatchVerb.Remove ? throw PatchException.Value("active cannot be removed. Set it to true or false.")
        : step.Value?.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw PatchException.Value("active must be true or false."),
        };

    private static JsonObject? ManagerOf(JsonObject user) =>
        (user.Member(UserSchemas.Enterprise.Id) as JsonObject)?.Member(Manager) as JsonObject;

    /// <summary>Remembers which parts of the manager a step gives.</summary>
    private void NoteManager(PatchPath path, JsonNode? value)
    {
        if (path.Schema.Length > 0 && path.Attribute == Manager)
        {
            _managerParts.UnionWith(path.SubAttribute.Length > 0 ? [path.SubAttribute]
                : (value as JsonObject ?? []).Select(entry => entry.Key));
        }
    }

    /// <summary>
    /// A whole schema can be removed where it is an extension. One that is set is set attribute by attribute (<see cref="TeammateSteps"/>).
    /// </summary>
    private void ApplyToSchema(PatchPath path, PatchVerb verb)
    {
        if (verb != PatchVerb.Remove)
        {
            throw PatchException.Value($"The value for {path.Text} must be an object with its attributes.");
        }

        user.Remove(
            path.Schema.Length > 0 ? user.NameIn(path.Schema) : throw PatchException.Path("The whole user cannot be removed by PATCH."));
    }

    /// <summary>
    /// Applies a step to a URN that is no schema here. It is an extension that the user has, an attribute of one, or, where an object
    /// comes, a new extension. Anything else is refused: to keep it as something else would say done to a misspelt attribute.
    /// </summary>
    private void ApplyToForeign(string urn, PatchPath path, PatchVerb verb, JsonNode? value)
    {
        var extension = user.Select(entry => entry.Key)
            .Where(key => AttributeNames.IsUrn(key) && urn.StartsWith(key, StringComparison.OrdinalIgnoreCase)
                && (urn.Length == key.Length || urn[key.Length] is ':' or '.'))
            .MaxBy(key => key.Length);
        if (extension is not null && extension.Length < urn.Length && user[extension] is JsonObject holder)
        {
            var rest = urn[(extension.Length + 1)..];
            var dot = rest.IndexOf('.', StringComparison.Ordinal);
            ApplyIn(holder, dot < 0 ? rest : rest[..dot], null, dot < 0 ? "" : rest[(dot + 1)..], path, verb, value);
            RemoveEmpty(extension);
            return;
        }

        if (verb == PatchVerb.Remove)
        {
            user.Remove(extension?.Length == urn.Length ? extension : urn);
            return;
        }

        if (path.Filter is not null || (value is not JsonObject && (extension?.Length != urn.Length || user[extension] is JsonObject)))
        {
            throw PatchException.Path($"Users have no attribute {urn}, and this one has no such extension. Correct the name, or send the "
                + "extension as an object first.");
        }

        if (extension?.Length == urn.Length)
        {
            ApplyToAttribute(user, extension, verb, value);
            return;
        }

        // What stands behind ":User" is an attribute, by the way in which RFC 7643 section 10 names schemas; else the URN is the extension.
        var colon = urn.LastIndexOf(':');
        if (urn[..colon].EndsWith(":" + path.Type.Name, StringComparison.OrdinalIgnoreCase))
        {
            user[urn[..colon]] = new JsonObject { [urn[(colon + 1)..]] = value!.DeepClone() };
        }
        else
        {
            user[urn] = value!.DeepClone();
        }
    }

    private void ApplyIn(
        JsonObject holder, string attribute, SchemaAttribute? known, string part, PatchPath path, PatchVerb verb, JsonNode? value)
    {
        var name = holder.NameIn(attribute);
        if (known is null && part.Length > 0 && !holder.ContainsKey(name) && path.Type.FindCore(part) is { } meant)
        {
            throw PatchException.Path($"Users have no attribute {path.Text}. If {meant.Name} is meant, send {meant.Name} alone.");
        }

        if (known is { MultiValued: true } || path.Filter is not null || holder[name] is JsonArray)
        {
            new ListPatch(holder, name, known, isStrict).Apply(verb, path.Filter, part, value);
            if (known?.Sub("value") is not null)
            {
                _lists.Add(name);
            }
        }
        else if (part.Length > 0)
        {
            ApplyToPart(holder, name, part, verb, value);
        }
        else
        {
            ApplyToAttribute(holder, name, verb, value);
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

    private void RemoveEmpty(string schema)
    {
        if (schema.Length > 0 && user[user.NameIn(schema)] is JsonObject { Count: 0 })
        {
            user.Remove(user.NameIn(schema));
        }
    }

    /// <summary>
    /// Sets an attribute; parts that come for a complex one are laid over those that are there (RFC 7644 section 3.5.2.3).
    /// </summary>
    private static void ApplyToAttribute(JsonObject holder, string name, PatchVerb verb, JsonNode? value)
    {
        if (verb == PatchVerb.Remove || value is JsonArray { Count: 0 })
        {
            holder.Remove(name);
        }
        else if (holder[name] is JsonObject present && value is JsonObject parts)
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
                throw PatchException.Path($"{name} has no parts, so the path {name}.{part} leads nowhere.");
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
