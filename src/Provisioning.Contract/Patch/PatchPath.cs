using System.Text.RegularExpressions;
using Provisioning.Filtering;
using Provisioning.Schemas;

namespace Provisioning.Patch;

/// <summary>
/// A PATCH path (RFC 7644 figure 7): an attribute's name in any form that <see cref="AttributeNames"/> knows, with a filter on its
/// values and a sub-attribute, both optional.
/// </summary>
public sealed partial record PatchPath
{
    private const int MaxLength = 2_000;

    /// <summary>The kind of resource that the path leads into.</summary>
    public required ResourceType Type { get; init; }

    /// <summary>The path as it was written.</summary>
    public required string Text { get; init; }

    /// <summary>What the path names, without its filter.</summary>
    public required AttributeName Name { get; init; }

    /// <summary>The filter that chooses values of a list; null for none.</summary>
    public Filter? Filter { get; init; }

    /// <summary>The filter as it was written; empty for none.</summary>
    public string FilterText { get; private init; } = "";

    /// <summary>The extension's URN; empty for the core schema, and for a URN that is no schema here.</summary>
    public string Schema => Name switch
    {
        AttributeName.Known known => known.Schema,
        AttributeName.Unknown unknown => unknown.Schema,
        AttributeName.WholeSchema whole => whole.Schema,
        _ => "",
    };

    /// <summary>The attribute; empty when the path names a whole schema, or a URN that is no schema here.</summary>
    public string Attribute => Name switch
    {
        AttributeName.Known known => known.Attribute.Name,
        AttributeName.Unknown unknown => unknown.Name,
        _ => "",
    };

    /// <summary>The sub-attribute; empty for none.</summary>
    public string SubAttribute => Name switch
    {
        AttributeName.Known known => known.Part,
        AttributeName.Unknown unknown => unknown.Part,
        _ => "",
    };

    /// <summary>The attribute in our schemas; null for one that they do not name.</summary>
    public SchemaAttribute? Known => (Name as AttributeName.Known)?.Attribute;

    /// <summary>The path in the form that RFC 7644 section 3.10 writes, with the filter as it came.</summary>
    public string CanonicalText => Name switch
    {
        AttributeName.Foreign foreign => foreign.Urn + Brackets,
        AttributeName.WholeSchema { Schema: "" } => Type.Core.Id,
        AttributeName.WholeSchema whole => whole.Schema,
        _ => $"{(Schema.Length > 0 ? Schema + ":" : "")}{Attribute}{Brackets}{(SubAttribute.Length > 0 ? "." + SubAttribute : "")}",
    };

    private string Brackets => Filter is null ? "" : $"[{FilterText}]";

    /// <summary>Whether it names an attribute of the core schema, whole or by a part.</summary>
    public bool Is(string attribute) => Name is AttributeName.Known { Schema: "" } known && known.Attribute.Name == attribute;

    /// <summary>The path of an attribute of a schema, by its key in an object that holds this schema's attributes.</summary>
    /// <exception cref="PatchException">The schema cannot have such an attribute.</exception>
    public static PatchPath InSchema(string schema, string key, ResourceType type)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return Of(type, key, schema.Length == 0 ? AttributeNames.Resolve(type, key) : AttributeNames.ResolveIn(type, schema, key));
    }

    /// <summary>Parses a path.</summary>
    /// <exception cref="PatchException">It is no path, or means nothing.</exception>
    /// <exception cref="FilterFormatException">Its filter is none.</exception>
    public static PatchPath Parse(string text, ResourceType type)
    {
        ArgumentNullException.ThrowIfNull(text);
        var path = text.Trim();
        if (path.Length is 0 or > MaxLength)
        {
            throw PatchException.Path($"A path must have 1 to {MaxLength} characters.");
        }

        var match = Shape().Match(path);
        var name = match.Groups["name"].Value + match.Groups["sub"].Value;
        if (!match.Success || !(AttributeNames.IsUrn(name) ? UrnName() : PlainName()).IsMatch(name))
        {
            throw PatchException.Path(
                $"The path \"{text}\" is not understood. Paths look like active, name.familyName or emails[type eq \"work\"].value.");
        }

        return Of(type, text, AttributeNames.WithoutBlanks(text, _ => AttributeNames.Resolve(type, name))) with
        {
            Filter = match.Groups["filter"].Success ? ParseFilter(match.Groups["filter"].Value, text) : null,
            FilterText = match.Groups["filter"].Value,
        };
    }

    private static PatchPath Of(ResourceType type, string text, AttributeName name) =>
        name is AttributeName.Meaningless nothing
            ? throw PatchException.Path(nothing.Sentence)
            : new() { Type = type, Text = text, Name = name };

    private static Filter ParseFilter(string text, string whole)
    {
        try
        {
            return FilterParser.Parse(text);
        }
        catch (FilterFormatException failure)
        {
            throw new FilterFormatException(failure.Attribute, $"In the path \"{whole}\": {failure.Message}");
        }
    }

    [GeneratedRegex(@"^(?<name>[^\[\]]+)(\[(?<filter>.*)\](?<sub>\.[^\[\].]+)?)?$", RegexOptions.Singleline)]
    private static partial Regex Shape();

    [GeneratedRegex(@"^\$?[A-Za-z][A-Za-z0-9_\-$]*([.:]\$?[A-Za-z][A-Za-z0-9_\-$]*){0,3}$")]
    private static partial Regex PlainName();

    [GeneratedRegex(@"^[^\s""\\]+$")]
    private static partial Regex UrnName();
}
