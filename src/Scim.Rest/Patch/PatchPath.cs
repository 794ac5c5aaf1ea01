using System.Text.RegularExpressions;
using Provisioning.Schemas;
using Scim.Filter;
using Scim.Wire;

namespace Scim.Patch;

/// <summary>
/// A PATCH path (RFC 7644 figure 7): a schema's URN, an attribute, a filter on its values, a sub-attribute, each but
/// the attribute optional.
/// </summary>
internal sealed partial record PatchPath
{
    private const int MaxLength = 2_000;

    /// <summary>The extension's URN; empty for the core schema.</summary>
    public required string Schema { get; init; }

    /// <summary>The attribute; empty when the path is a whole extension.</summary>
    public required string Attribute { get; init; }

    public Provisioning.V1.Filter? Filter { get; init; }

    public string SubAttribute { get; init; } = "";

    /// <summary>The kind of resource that the path leads into.</summary>
    public required ResourceType Type { get; init; }

    /// <summary>The attribute in our schemas; null for one that they do not name.</summary>
    public SchemaAttribute? Known => Type.Find(Schema, Attribute);

    /// <summary>Whether it names an attribute of the core schema.</summary>
    public bool Is(string attribute) => Schema.Length == 0 && Attribute.Equals(attribute, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a text is a schema's URN as a whole, rather than an attribute's full name.</summary>
    public static bool IsSchema(string text, ResourceType type) =>
        text.StartsWith("urn:", StringComparison.OrdinalIgnoreCase)
        && (type.Schemas.Any(each => each.Id.Equals(text, StringComparison.OrdinalIgnoreCase))
            || text.EndsWith(":" + type.Name, StringComparison.OrdinalIgnoreCase) || !LastPart().IsMatch(text));

    /// <summary>The path of an attribute of a schema.</summary>
    public static PatchPath InSchema(string schema, string attribute, ResourceType type) => Resolve(schema, ParseAttribute(attribute, attribute, type));

    /// <summary>Parses a path.</summary>
    /// <exception cref="ScimException">invalidPath, saying what is wrong.</exception>
    public static PatchPath Parse(string text, ResourceType type)
    {
        var path = text.Trim();
        if (path.Length is 0 or > MaxLength)
        {
            throw ScimException.Path($"A path must have 1 to {MaxLength} characters.");
        }

        if (!path.StartsWith("urn:", StringComparison.OrdinalIgnoreCase))
        {
            return ParseAttribute(path, text, type);
        }

        if (IsSchema(path, type))
        {
            return Resolve(path, new() { Type = type, Schema = "", Attribute = "" });
        }

        var bracket = path.IndexOf('[', StringComparison.Ordinal);
        var colon = path.LastIndexOf(':', bracket < 0 ? path.Length - 1 : bracket);
        foreach (var schema in type.Schemas.Where(schema => path.StartsWith(schema.Id + ":", StringComparison.OrdinalIgnoreCase)))
        {
            colon = schema.Id.Length;
        }

        return Resolve(path[..colon], ParseAttribute(path[(colon + 1)..], text, type));
    }

    private static PatchPath ParseAttribute(string path, string whole, ResourceType type)
    {
        var match = Shape().Match(path);
        if (!match.Success)
        {
            throw ScimException.Path($"The path \"{whole}\" is not understood. Paths look like active, name.familyName or emails[type eq \"work\"].value.");
        }

        return new()
        {
            Type = type,
            Schema = "",
            Attribute = match.Groups["name"].Value,
            Filter = match.Groups["filter"].Success ? ParseFilter(match.Groups["filter"].Value, whole) : null,
            SubAttribute = match.Groups["sub"].Value,
        };
    }

    private static Provisioning.V1.Filter ParseFilter(string text, string whole)
    {
        try
        {
            return FilterParser.Parse(text);
        }
        catch (ScimException failure)
        {
            throw ScimException.Filter($"In the path \"{whole}\": {failure.Message}");
        }
    }

    private static PatchPath Resolve(string schema, PatchPath path) => path with
    {
        Schema = schema.Equals(path.Type.Core.Id, StringComparison.OrdinalIgnoreCase) ? "" : path.Type.Extension(schema)?.Id ?? schema,
    };

    [GeneratedRegex(@"^(?<name>\$?[A-Za-z][A-Za-z0-9_\-$]*)(\[(?<filter>.*)\])?(\.(?<sub>\$?[A-Za-z][A-Za-z0-9_\-$]*))?$", RegexOptions.Singleline)]
    private static partial Regex Shape();

    /// <summary>The last part of a URN could be an attribute's name: it begins with a letter.</summary>
    [GeneratedRegex(@":\$?[A-Za-z][A-Za-z0-9_\-$.]*(\[.*\].*)?$", RegexOptions.Singleline)]
    private static partial Regex LastPart();
}
