using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Schemas;
using Scim.Filter;
using Scim.Tolerance;
using Scim.Wire;

namespace Scim.Patch;

/// <summary>Steps on a multi-valued attribute.</summary>
internal sealed class ListPatch(JsonObject holder, string name, SchemaAttribute? known, Tolerances tolerances)
{
    public void Apply(PatchVerb verb, PatchPath path, JsonNode? value)
    {
        var list = holder[name] switch
        {
            JsonArray present => present,
            null => [],
            var single => [single.DeepClone()],
        };
        var touched = path switch
        {
            { Filter: { } filter } => ApplyToMatching(list, filter, path.SubAttribute, verb, value),
            { SubAttribute.Length: > 0 } => ApplyToParts(list, path.SubAttribute, verb, value),
            _ => ApplyToList(ref list, verb, value),
        };
        KeepOnePrimary(list, touched);
        if (list.Count == 0)
        {
            holder.Remove(name);
        }
        else if (list.Parent is null)
        {
            holder[name] = list;
        }
    }

    private List<JsonNode?> ApplyToList(ref JsonArray list, PatchVerb verb, JsonNode? value)
    {
        switch (verb)
        {
            case PatchVerb.Remove when value is null:
                list = [];
                return [];
            case PatchVerb.Remove:
                tolerances.Note(Tolerated.RemoveValues);
                foreach (var unwanted in Items(value))
                {
                    RemoveAll(list, item => SameValue(item, unwanted));
                }

                return [];
            case PatchVerb.Replace:
                list = new JsonArray([.. Items(value).Select(item => item?.DeepClone())]);
                return [.. list];
            default:
                var added = Items(value).Select(item => item?.DeepClone()).ToList();
                var present = list;
                added.RemoveAll(item => present.Any(each => JsonNode.DeepEquals(each, item)));
                foreach (var item in added)
                {
                    list.Add(item);
                }

                return added;
        }
    }

    private List<JsonNode?> ApplyToMatching(JsonArray list, Provisioning.V1.Filter filter, string part, PatchVerb verb, JsonNode? value)
    {
        var values = new ValueFilter(name, known, filter);
        var matching = list.OfType<JsonObject>().Where(values.Matches).ToList();
        if (verb == PatchVerb.Remove)
        {
            foreach (var item in matching)
            {
                RemoveFrom(list, item, part);
            }

            return [];
        }

        if (matching.Count == 0)
        {
            matching.Add(Make(list, values));
        }

        foreach (var item in matching)
        {
            if (part.Length > 0)
            {
                item[item.NameIn(part)] = value!.DeepClone();
            }
            else
            {
                UserPatch.Merge(item, value as JsonObject ?? throw ScimException.Value($"The value for {name} must be an object."));
            }
        }

        return [.. matching];
    }

    /// <summary>
    /// A filter that matches nothing makes the value it describes: Entra's validator expects it there afterwards, where
    /// RFC 7644 would say noTarget.
    /// </summary>
    private JsonObject Make(JsonArray list, ValueFilter filter)
    {
        var made = filter.Seed() ?? throw ScimException.NoTarget(
            $"No value of {name} meets the filter of the path, so there is nothing to change.");
        tolerances.Note(Tolerated.ValueMade);
        list.Add(made);
        return made;
    }

    private List<JsonNode?> ApplyToParts(JsonArray list, string part, PatchVerb verb, JsonNode? value)
    {
        if (list.Count == 0 && verb != PatchVerb.Remove)
        {
            list.Add(new JsonObject());
        }

        var items = list.OfType<JsonObject>().ToList();
        foreach (var item in items)
        {
            if (verb == PatchVerb.Remove)
            {
                RemoveFrom(list, item, part);
            }
            else
            {
                item[item.NameIn(part)] = value!.DeepClone();
            }
        }

        return [.. items];
    }

    /// <summary>Removes a value, or a part of it; a value without its `value` is none.</summary>
    private void RemoveFrom(JsonArray list, JsonObject item, string part)
    {
        if (part.Length > 0)
        {
            item.Remove(item.NameIn(part));
        }

        if (part.Length == 0 || item.Count == 0 || (known?.Sub("value") is not null && part.Equals("value", StringComparison.OrdinalIgnoreCase)))
        {
            list.Remove(item);
        }
    }

    /// <summary>At most one value is primary: what a step touched last wins (RFC 7644 section 3.5.2).</summary>
    private static void KeepOnePrimary(JsonArray list, List<JsonNode?> touched)
    {
        var primaries = list.OfType<JsonObject>().Where(IsPrimary).ToList();
        if (primaries.Count < 2)
        {
            return;
        }

        var chosen = primaries.FindLast(touched.Contains) ?? primaries[^1];
        foreach (var other in primaries.Where(item => item != chosen))
        {
            other[other.NameIn("primary")] = false;
        }
    }

    private static bool IsPrimary(JsonObject item) => item[item.NameIn("primary")] switch
    {
        JsonValue value when value.GetValueKind() == JsonValueKind.True => true,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => bool.TryParse(value.GetValue<string>(), out var flag) && flag,
        _ => false,
    };

    private static IEnumerable<JsonNode?> Items(JsonNode? value) => value as JsonArray ?? Enumerable.Repeat(value, 1);

    private static bool SameValue(JsonNode? item, JsonNode? unwanted) =>
        JsonNode.DeepEquals(item, unwanted) || (ValueOf(item) is { } value && value == ValueOf(unwanted));

    private static string? ValueOf(JsonNode? item)
    {
        var value = item is JsonObject parts ? parts[parts.NameIn("value")] : item;
        return value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
    }

    private static void RemoveAll(JsonArray list, Func<JsonNode?, bool> unwanted)
    {
        for (var at = list.Count - 1; at >= 0; at--)
        {
            if (unwanted(list[at]))
            {
                list.RemoveAt(at);
            }
        }
    }
}
