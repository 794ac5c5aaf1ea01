using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace Provisioning.Schemas;

/// <summary>
/// The one resolver of attributes' names. PATCH paths, keys of bodies, filters, sorting and projections all ask it, in the SCIM layer
/// and in the core, so that one written form never means two things. A form that can only mean an attribute means that attribute: a
/// short name, a URN with a colon or a dot behind it, the type's name in front, URNs of the drafts and of SCIM 1.1, in any letter
/// case (RFC 7643 section 2.1, RFC 7644 section 3.10).
/// </summary>
public static class AttributeNames
{
    private const string UrnScheme = "urn:";

    private static readonly ConcurrentDictionary<ResourceType, FrozenDictionary<string, AttributeName.Known>> ShortNames =
        new(ReferenceEqualityComparer.Instance);

    /// <summary>Names of kinds of resources, and of schemas: what may stand in front of an attribute's name.</summary>
    private static readonly string[] Heads =
        [ResourceType.User.Name, ResourceType.Group.Name, ResourceType.Role.Name, UserSchemas.Enterprise.Name];

    /// <summary>Whether a name begins as a URN does.</summary>
    public static bool IsUrn(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.StartsWith(UrnScheme, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Resolves a name.</summary>
    /// <param name="type">The kind of resource that the name is about.</param>
    /// <param name="name">The name as written, without a value filter.</param>
    public static AttributeName Resolve(ResourceType type, string name)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(name);
        return WithoutBlanks(name, trimmed => ShortNamesOf(type).TryGetValue(trimmed, out var known) ? known
            : IsUrn(trimmed) ? ResolveUrn(type, trimmed)
            : ResolveHead(type, trimmed) ?? ResolvePath(type, "", trimmed));
    }

    /// <summary>
    /// Resolves a key of an object that holds one schema's attributes. A plain name belongs to that schema; so does a whole name of one of
    /// its attributes, and no other whole name has a meaning there.
    /// </summary>
    /// <param name="type">The kind of resource.</param>
    /// <param name="schema">The extension's URN; empty for the core schema.</param>
    /// <param name="name">The key.</param>
    public static AttributeName ResolveIn(ResourceType type, string schema, string name)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(name);
        return WithoutBlanks(name, trimmed => (IsUrn(trimmed) ? ResolveUrn(type, trimmed) : ResolveHead(type, trimmed)) switch
        {
            null or AttributeName.Foreign => ResolvePath(type, schema, trimmed),
            AttributeName.Known known when known.Schema == schema => known with { IsStandard = false },
            AttributeName.Unknown unknown when unknown.Schema == schema => unknown with { IsStandard = false },
            AttributeName.Meaningless nothing => nothing,
            _ => Nothing(type, trimmed, $"it cannot stand within {(schema.Length > 0 ? schema : type.Core.Id)}"),
        });
    }

    /// <summary>Resolves a name without the blanks around it, which make it a form of its own.</summary>
    internal static AttributeName WithoutBlanks(string name, Func<string, AttributeName> resolve) =>
        name.Trim() is var trimmed && trimmed.Length == name.Length ? resolve(name) : resolve(trimmed) with { IsStandard = false };

    /// <summary>Resolves what stands behind a schema's URN or type name, or a name with neither.</summary>
    private static AttributeName ResolvePath(ResourceType type, string schema, string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var (head, part) = dot > 0 && IsPlain(name.AsSpan(0, dot)) ? (name[..dot], name[(dot + 1)..]) : (name, "");
        if (type.Find(schema, head) is not { } attribute)
        {
            if (!IsPlain(head) && SuggestionFor(type, schema, head) is { } suggestion)
            {
                return Nothing(type, name, $"it has characters that no name has. Send {suggestion} if that is meant");
            }

            // Nobody but the core's `active` takes access away: one in another schema is a block that would not be one.
            return schema.Length > 0 && head.Equals("active", StringComparison.OrdinalIgnoreCase)
                ? new AttributeName.Meaningless($"{schema} has no attribute {head}. Send active in the core schema, {type.Core.Id}.")
                : new AttributeName.Unknown(schema, head, part);
        }

        if (part.Length == 0)
        {
            return new AttributeName.Known(schema, attribute, "", null);
        }

        var parts = SearchTarget.Parts(attribute);
        var knownPart = SchemaAttribute.Named(parts, part);
        return knownPart is not null || (parts.Count > 0 && IsPlain(part))
            ? new AttributeName.Known(schema, attribute, knownPart?.Name ?? part, knownPart)
            : Nothing(type, name, $"{attribute.Name} has no such part");
    }

    /// <summary>Every written form of an attribute that the resolver takes for it, to tell people and to try them out.</summary>
    /// <param name="type">The kind of resource.</param>
    /// <param name="schema">The extension's URN; empty for the core schema.</param>
    /// <param name="name">The attribute's short name, or its path.</param>
    public static IEnumerable<string> FormsOf(ResourceType type, string schema, string name)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(schema);
        var urns = SchemaUrn.All.Where(urn => urn.Schema == schema && (urn.Type.Length == 0 || urn.Type == type.Name))
            .SelectMany(urn => (string[])[$"{urn.Text}:{name}", $"{urn.Text}.{name}"]);
        var head = schema.Length == 0 ? type.Name : type.Extension(schema)?.Name;
        return (schema.Length == 0 ? [name] : Enumerable.Empty<string>()).Concat(urns).Concat([$"{head}.{name}", $"{head}:{name}"]);
    }

    private static AttributeName ResolveUrn(ResourceType type, string name)
    {
        foreach (var urn in SchemaUrn.All)
        {
            if (!urn.Begins(name))
            {
                continue;
            }

            if (urn.Type.Length > 0 && urn.Type != type.Name)
            {
                return Nothing(type, name, $"{urn.Text} is the schema of another kind of resource");
            }

            var isOwn = urn.Text.Equals(urn.Schema.Length > 0 ? urn.Schema : type.Core.Id, StringComparison.OrdinalIgnoreCase);
            if (name.Length == urn.Text.Length)
            {
                return new AttributeName.WholeSchema(urn.Schema) { IsStandard = isOwn };
            }

            var (isDot, rest) = (name[urn.Text.Length] == '.', name[(urn.Text.Length + 1)..]);
            return Behind(type, urn, name, rest, isDot) switch
            {
                AttributeName.Unknown when isDot && urn.NamesItsType => Nothing(type, name, $"{rest} is no attribute of {urn.Text}"),
                AttributeName.Unknown or AttributeName.Meaningless when !urn.NamesItsType => new AttributeName.Foreign(name),
                var found => found with { IsStandard = isOwn && !isDot },
            };
        }

        return new AttributeName.Foreign(name);
    }

    /// <summary>What stands behind a schema's URN; a URN that only begins like one of ours is somebody else's.</summary>
    private static AttributeName Behind(ResourceType type, SchemaUrn urn, string name, string rest, bool isDot)
    {
        if (rest.AsSpan().IndexOf(':') >= 0)
        {
            return isDot ? Nothing(type, name, $"{rest} is no attribute of {urn.Text}") : new AttributeName.Foreign(name);
        }

        return IsPath(rest) ? ResolvePath(type, urn.Schema, rest) : Nothing(type, name, $"\"{rest}\" is no attribute's name");
    }

    /// <summary>
    /// The attribute that a misspelt name probably stands for. The name has characters that names do not have, such as "/active" or
    /// "emails[type eq \"work\"].value". Null where no attribute comes near.
    /// </summary>
    private static string? SuggestionFor(ResourceType type, string schema, string name)
    {
        if (name.Contains(':', StringComparison.Ordinal)
            && ResolvePath(type, schema, name.Replace(':', '.')) is AttributeName.Known { Part.Length: > 0 } path)
        {
            return $"{path.Attribute.Name}.{path.Part}";
        }

        var begin = name.AsSpan().IndexOfAny(Letters);
        var rest = begin < 0 ? "" : name[begin..];
        var end = rest.AsSpan().IndexOfAnyExcept(PlainLetters);
        var (bare, behind) = end < 0 ? (rest, "") : (rest[..end], rest[end..]);
        return behind.StartsWith('[') || behind.AsSpan().IndexOfAny(PlainLetters) < 0
            ? (type.Find(schema, bare) ?? (bare.Equals("active", StringComparison.OrdinalIgnoreCase) ? type.FindCore(bare) : null))?.Name
            : null;
    }

    /// <summary>
    /// Resolves a name that begins with the name of a resource type or of a schema, such as "User.active", and also that name alone.
    /// Null for any other name.
    /// </summary>
    private static AttributeName? ResolveHead(ResourceType type, string name)
    {
        if (name.Equals(type.Name, StringComparison.OrdinalIgnoreCase))
        {
            return new AttributeName.WholeSchema("") { IsStandard = false };
        }

        if (type.Extensions.FirstOrDefault(each => each.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } whole)
        {
            return new AttributeName.WholeSchema(whole.Id) { IsStandard = false };
        }

        var end = name.AsSpan().IndexOfAny('.', ':');
        if (end <= 0 || !Heads.Contains(name[..end], StringComparer.OrdinalIgnoreCase))
        {
            return null;
        }

        var (head, rest) = (name[..end], name[(end + 1)..]);
        var schema = head.Equals(type.Name, StringComparison.OrdinalIgnoreCase)
            ? ""
            : type.Extensions.FirstOrDefault(each => each.Name.Equals(head, StringComparison.OrdinalIgnoreCase))?.Id;
        return schema is not null && ResolvePath(type, schema, rest) is AttributeName.Known known
            ? known with { IsStandard = false }
            : Nothing(type, name, schema is null ? $"{head} is another kind of resource" : $"{head} has no such attribute");
    }

    private static AttributeName.Meaningless Nothing(ResourceType type, string name, string why) =>
        new($"{type.Name}s have no attribute {(name.Length <= 300 ? name : name[..300] + "…")}: {why}. Correct or remove it in the "
            + "attribute mapping of the identity provider.");

    private static FrozenDictionary<string, AttributeName.Known> ShortNamesOf(ResourceType type) => ShortNames.GetOrAdd(type, static each =>
        each.Core.Attributes.Concat(ResourceType.Common).DistinctBy(attribute => attribute.Name, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(attribute => attribute.Name, attribute => new AttributeName.Known("", attribute, "", null),
                StringComparer.OrdinalIgnoreCase));

    /// <summary>Whether a text is an attribute's name, or several with dots between them.</summary>
    private static bool IsPath(string text)
    {
        foreach (var part in text.AsSpan().Split('.'))
        {
            if (!IsPlain(text.AsSpan(part)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Whether a text is an attribute's name as RFC 7643 section 2.1 allows them, `$ref` and names with an underscore included.
    /// </summary>
    private static bool IsPlain(ReadOnlySpan<char> text)
    {
        var rest = text.StartsWith("$") ? text[1..] : text;
        return rest.Length > 0 && char.IsAsciiLetter(rest[0]) && !rest.ContainsAnyExcept(PlainLetters);
    }

    private static readonly System.Buffers.SearchValues<char> Letters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private static readonly System.Buffers.SearchValues<char> PlainLetters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-$");
}
