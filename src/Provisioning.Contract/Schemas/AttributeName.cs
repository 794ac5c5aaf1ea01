namespace Provisioning.Schemas;

/// <summary>The meaning of an attribute's name as somebody wrote it, for one kind of resource (<see cref="AttributeNames"/>).</summary>
public abstract record AttributeName
{
    private AttributeName()
    {
    }

    /// <summary>
    /// Whether the name is written as RFC 7644 section 3.10 writes it: short, or behind the URN of its schema and a colon. Every other
    /// form is a tolerance.
    /// </summary>
    public bool IsStandard { get; init; } = true;

    /// <summary>An attribute that a schema names, or a part of one.</summary>
    /// <param name="Schema">The extension's URN; empty for the core schema and for what every resource has.</param>
    /// <param name="Attribute">The attribute.</param>
    /// <param name="Part">The sub-attribute's name, in the schema's letters where the schema names it; empty for the whole
    /// attribute.</param>
    /// <param name="KnownPart">The sub-attribute; null for the whole attribute, and for a part that the schema does not name.</param>
    public sealed record Known(string Schema, SchemaAttribute Attribute, string Part, SchemaAttribute? KnownPart) : AttributeName;

    /// <summary>One of the resource's own schemas as a whole.</summary>
    /// <param name="Schema">The extension's URN; empty for the core schema.</param>
    public sealed record WholeSchema(string Schema) : AttributeName;

    /// <summary>A plain name that the schema which it names, or else the core schema, does not have.</summary>
    /// <param name="Schema">The extension's URN; empty for the core schema.</param>
    /// <param name="Name">The name as written.</param>
    /// <param name="Part">What stands behind a dot; empty for nothing.</param>
    public sealed record Unknown(string Schema, string Name, string Part) : AttributeName;

    /// <summary>
    /// A URN that is no schema of this service: an extension, or an attribute of one. The value that comes with it, or the extensions
    /// that a resource already has, tell which.
    /// </summary>
    /// <param name="Urn">The URN as written.</param>
    public sealed record Foreign(string Urn) : AttributeName;

    /// <summary>A name that says where it belongs, and that nothing there has.</summary>
    /// <param name="Sentence">Why it means nothing, and the remedy.</param>
    public sealed record Meaningless(string Sentence) : AttributeName;
}
