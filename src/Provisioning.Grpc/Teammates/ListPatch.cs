using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Filtering;
using Provisioning.Json;
using Provisioning.Patch;
using Provisioning.Schemas;

namespace Provisioning.Teammates;

/// <summary>Steps on a multi-valued attribute.</summary>
/// <param name="holder">The object that holds the list.</param>
/// <param name="name">The list's name there.</param>
/// <param name="known">The list in our schemas; null for one that they do not name.</param>
/// <param name="isStrict">Whether a filter that matches nothing is refused.</param>
internal sealed class ListPatch(JsonObject holder, string name, SchemaAttribute? known, bool isStrict)
{
    /// <summary>Applies a step to the values that a filter chooses, to a part of each, or to the list.</summary>
    /// <exception cref="PatchException">The filter or the value cannot be understood.</exception>
    public void Apply(PatchVerb verb, Filter? filter, string part, JsonNode? value)
    {
        var list = holder[name] switch
        {
            JsonArray present => present,
            null => [],
            var single => [single.DeepClone()],
        };
        if (list.Count > ProfileRules.MaxValues && (filter is not null || part.Length > 0))
        {
            throw PatchException.Value(
                $"{name} has more than {ProfileRules.MaxValues} values, too many to choose from. Replace the whole list.");
        }

        var touched = filter is not null ? ApplyToMatching(list, filter, part, verb, value)
            : part.Length > 0 ? ApplyToParts(list, part, verb, value)
            : ApplyToList(ref list, verb, value);
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
                foreach (var unwanted in Bounded(value, 0))
                {
                    if (!IsIdentified(unwanted))
                    {
                        throw PatchException.Value(
                            $"A value to remove from {name} does not say which one it is. "
                            + "Send its \"value\", or choose values by a filter in the path.");
                    }

                    RemoveAll(list, item => SameValue(item, unwanted));
                }

                return [];
            case PatchVerb.Replace:
                list = [.. Bounded(value, 0).Select(item => item?.DeepClone())];
                return [.. list];
            default:
                var present = list;
                var added = Bounded(value, present.Count).Select(item => item?.DeepClone()).ToList();
                added.RemoveAll(item => present.Any(each => JsonNode.DeepEquals(each, item)));
                foreach (var item in added)
                {
                    list.Add(item);
                }

                return added;
        }
    }

    /// <summary>The values given, so few with those that are there that comparing them takes no time to speak of.</summary>
    private List<JsonNode?> Bounded(JsonNode? value, int present)
    {
        var given = Items(value).ToList();
        return given.Count + present <= ProfileRules.MaxValues
            ? given
            : throw PatchException.Value($"{name} has more than {ProfileRules.MaxValues} values.");
    }

    private List<JsonNode?> ApplyToMatching(JsonArray list, Filter filter, string part, PatchVerb verb, JsonNode? value)
    {
        var values = new ValueFilter(ResourceType.User, name, known, filter);
        var matching = Opened(list, values.Matches);
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

        for (var at = 0; at < matching.Count; at++)
        {
            if (part.Length > 0)
            {
                matching[at][matching[at].NameIn(part)] = value!.DeepClone();
                continue;
            }

            var given = value as JsonObject ?? throw PatchException.Value($"The value for {name} must be an object.");
            if (verb == PatchVerb.Replace)
            {
                if (known?.Sub("value") is not null && SaysNothing(given))
                {
                    throw PatchException.Value(
                        $"The value for {name} says nothing. Send its \"value\", or remove it by a remove operation.");
                }

                // All of the value is replaced (RFC 7644 section 3.5.2.3); what the path's filter says of it stays true.
                var replaced = values.Seed() ?? [];
                list[list.IndexOf(matching[at])] = replaced;
                matching[at] = replaced;
            }

            TeammatePatch.Merge(matching[at], given);
        }

        return [.. matching];
    }

    /// <summary>
    /// The values that are meant, as objects; one that is kept as a text becomes an object in its place, others stay texts.
    /// </summary>
    private static List<JsonObject> Opened(JsonArray list, Func<JsonObject, bool> isMeant)
    {
        var meant = new List<JsonObject>();
        for (var at = 0; at < list.Count; at++)
        {
            var item = list[at] as JsonObject ?? (list[at] is JsonValue text ? new() { ["value"] = text.DeepClone() } : null);
            if (item is not null && isMeant(item))
            {
                if (item.Parent is null)
                {
                    list[at] = item;
                }

                meant.Add(item);
            }
        }

        return meant;
    }

    /// <summary>
    /// A filter that matches nothing makes the value it describes: Entra's validator expects it there afterwards, where
    /// RFC 7644 would say noTarget.
    /// </summary>
    private JsonObject Make(JsonArray list, ValueFilter filter)
    {
        var made = (isStrict ? null : filter.Seed()) ?? throw PatchException.NoTarget(
            $"No value of {name} meets the filter of the path, so there is nothing to change.");
        list.Add(made);
        return made;
    }

    private List<JsonNode?> ApplyToParts(JsonArray list, string part, PatchVerb verb, JsonNode? value)
    {
        if (list.Count == 0 && verb != PatchVerb.Remove)
        {
            list.Add(new JsonObject());
        }

        var items = Opened(list, item => verb != PatchVerb.Remove || item.Member(part) is not null);
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

        if (part.Length == 0 || item.Count == 0
            || (known?.Sub("value") is not null && part.Equals("value", StringComparison.OrdinalIgnoreCase)))
        {
            list.Remove(item);
        }
    }

    /// <summary>Whether an entry of a list whose entries have a `value` only describes one that is not there.</summary>
    public static bool SaysNothing(JsonNode? item) => item switch
    {
        null => true,
        JsonObject parts => parts.All(part => part.Value is null || part.Key.Equals("type", StringComparison.OrdinalIgnoreCase)
            || part.Key.Equals("primary", StringComparison.OrdinalIgnoreCase)),
        _ => false,
    };

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

    /// <summary>
    /// Whether a value is the one named: by its `value`, and by what else is said of it but how it is shown and preferred.
    /// </summary>
    private static bool SameValue(JsonNode? item, JsonNode? unwanted)
    {
        if (unwanted is not JsonObject named)
        {
            return SameText(item is JsonObject parts ? parts.Member("value") : item, unwanted);
        }

        return IdentifyingParts(named).All(entry => item is JsonObject present
            ? SameText(present.Member(entry.Key), entry.Value)
            : entry.Key.Equals("value", StringComparison.OrdinalIgnoreCase) && SameText(item, entry.Value));
    }

    /// <summary>True if a value to remove has anything by which the list's value can be found.</summary>
    private static bool IsIdentified(JsonNode? unwanted) =>
        unwanted is JsonObject named ? IdentifyingParts(named).Any() : unwanted is not null;

    /// <summary>The parts that tell values apart: not how one is shown and preferred.</summary>
    private static IEnumerable<KeyValuePair<string, JsonNode?>> IdentifyingParts(JsonObject given) => given.Where(entry =>
        entry.Value is not null
        && !entry.Key.Equals("display", StringComparison.OrdinalIgnoreCase)
        && !entry.Key.Equals("primary", StringComparison.OrdinalIgnoreCase));

    private static bool SameText(JsonNode? one, JsonNode? other) =>
        JsonNode.DeepEquals(one, other)
        || (one?.GetValueKind() == JsonValueKind.String && other?.GetValueKind() == JsonValueKind.String
            && one.GetValue<string>().Equals(other.GetValue<string>(), StringComparison.OrdinalIgnoreCase));

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
