using System.Text.Json.Nodes;
using Provisioning.Schemas;

namespace Scim.Wire;

/// <summary>
/// Which attributes a reply shows (RFC 7644 sections 3.4.2.5 and 3.9): `attributes` names what is wanted,
/// `excludedAttributes` what is not, each with or without its schema's URN, whole or by sub-attribute, in any letter case.
/// What is always returned stays.
/// </summary>
internal sealed class Projection
{
    private const int MaxNames = 200;

    private readonly IReadOnlyList<string>? _wanted;
    private readonly IReadOnlyList<string> _unwanted;
    private readonly Dictionary<ResourceType, Names> _byType = new(ReferenceEqualityComparer.Instance);

    private Projection(IReadOnlyList<string>? wanted, IReadOnlyList<string> unwanted) => (_wanted, _unwanted) = (wanted, unwanted);

    /// <summary>All that is returned by default.</summary>
    public static Projection Everything { get; } = new(null, []);

    /// <summary>Whether the request says what it wants to see.</summary>
    public bool IsGiven => _wanted is not null || _unwanted.Count > 0;

    /// <summary>Reads the two parameters, names separated by commas.</summary>
    public static Projection Of(string attributes, string excluded) => Of(Split(attributes), Split(excluded));

    /// <summary>Reads the two lists of a search request.</summary>
    public static Projection Of(IReadOnlyList<string> attributes, IReadOnlyList<string> excluded)
    {
        if (attributes.Count > MaxNames || excluded.Count > MaxNames)
        {
            throw ScimException.Value($"attributes and excludedAttributes take at most {MaxNames} names each.");
        }

        return attributes.Count == 0 && excluded.Count == 0 ? Everything : new(attributes.Count == 0 ? null : attributes, excluded);
    }

    /// <summary>Whether any part of an attribute is shown, so that it need not be read otherwise.</summary>
    public bool Shows(ResourceType type, string attribute) =>
        !Tails(attribute, Of(type).Unwanted).Contains("") && (Of(type).Wanted is not { } wanted || Tails(attribute, wanted).Any());

    /// <summary>Whether everything is shown, with or without one attribute.</summary>
    public bool ShowsAllBut(ResourceType type, string attribute) =>
        _wanted is null && Tails(attribute, Of(type).Unwanted).Count(tail => tail.Length == 0) == _unwanted.Count;

    /// <summary>What is shown of a whole resource.</summary>
    public JsonObject Apply(ResourceType type, JsonObject resource)
    {
        if (!IsGiven)
        {
            return resource;
        }

        foreach (var name in resource.Select(entry => entry.Key).ToList())
        {
            if (type.FindCore(name) is { Returned: Returned.Always })
            {
                continue;
            }

            if (!Shows(type, name))
            {
                resource.Remove(name);
                continue;
            }

            ApplyToParts(type, name, resource[name]);
        }

        return resource;
    }

    /// <summary>What is shown of the parts of an attribute's value.</summary>
    public JsonNode? ApplyToParts(ResourceType type, string name, JsonNode? value)
    {
        Prune(value, Of(type).Wanted is { } wanted ? [.. Tails(name, wanted)] : [""], [.. Tails(name, Of(type).Unwanted)]);
        return value;
    }

    /// <summary>Leaves of a value what is wanted and not unwanted, each named by the way below it; "" is all of it.</summary>
    private static void Prune(JsonNode? value, IReadOnlyList<string> wanted, IReadOnlyList<string> unwanted)
    {
        foreach (var item in value switch { JsonObject single => [single], JsonArray list => list.OfType<JsonObject>(), _ => [] })
        {
            foreach (var part in item.Select(entry => entry.Key).ToList())
            {
                var (within, without) = (wanted.Contains("") ? [""] : Below(wanted, part), Below(unwanted, part));
                if (within.Count == 0 || without.Contains(""))
                {
                    item.Remove(part);
                }
                else
                {
                    Prune(item[part], within, without);
                }
            }
        }
    }

    /// <summary>The names that lead into a part, from there on.</summary>
    private static List<string> Below(IReadOnlyList<string> names, string part) =>
        [.. names.Where(name => name.Equals(part, StringComparison.OrdinalIgnoreCase)
            || name.StartsWith(part + ".", StringComparison.OrdinalIgnoreCase))
            .Select(name => name.Length == part.Length ? "" : name[(part.Length + 1)..])];

    /// <summary>
    /// What names say of an attribute of the resource: "" for all of it, else the part named. An extension's attributes are parts of its
    /// URN.
    /// </summary>
    private static IEnumerable<string> Tails(string attribute, IReadOnlyList<Shown> names) =>
        names.Select(name => name.TailOf(attribute)).OfType<string>();

    private Names Of(ResourceType type)
    {
        lock (_byType)
        {
            if (!_byType.TryGetValue(type, out var names))
            {
                _byType[type] = names = new(_wanted is null ? null : [.. _wanted.Select(name => Shown.Of(type, name))],
                    [.. _unwanted.Select(name => Shown.Of(type, name))]);
            }

            return names;
        }
    }

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>What a request names of one kind of resource.</summary>
    private sealed record Names(IReadOnlyList<Shown>? Wanted, IReadOnlyList<Shown> Unwanted);

    /// <summary>One name of a request, as it stands in a resource: a member of it, and what is meant of that.</summary>
    /// <param name="Member">The attribute, or an extension's URN; null for every attribute of the core schema.</param>
    /// <param name="Tail">The way below it; empty for all of it.</param>
    private sealed record Shown(string? Member, string Tail)
    {
        public static Shown Of(ResourceType type, string name) => AttributeNames.Resolve(type, name) switch
        {
            AttributeName.Known { Schema: "" } known => new(known.Attribute.Name, known.Part),
            AttributeName.Known known => new(known.Schema,
                known.Part.Length == 0 ? known.Attribute.Name : $"{known.Attribute.Name}.{known.Part}"),
            AttributeName.Unknown { Schema: "" } unknown => new(unknown.Name, unknown.Part),
            AttributeName.Unknown unknown => new(unknown.Schema,
                unknown.Part.Length == 0 ? unknown.Name : $"{unknown.Name}.{unknown.Part}"),
            AttributeName.WholeSchema { Schema: "" } => new(null, ""),
            AttributeName.WholeSchema whole => new(whole.Schema, ""),
            _ => new(name, ""),
        };

        /// <summary>What is meant of a member of the resource; null when nothing is.</summary>
        public string? TailOf(string member)
        {
            if (Member is null)
            {
                return AttributeNames.IsUrn(member) ? null : "";
            }

            if (Member.Equals(member, StringComparison.OrdinalIgnoreCase))
            {
                return Tail;
            }

            // An attribute of an extension that no schema here names.
            return AttributeNames.IsUrn(member) && Member.Length > member.Length
                && Member.StartsWith(member, StringComparison.OrdinalIgnoreCase) && Member[member.Length] is ':' or '.'
                ? Member[(member.Length + 1)..] : null;
        }
    }
}
