namespace Scim.Schema;

/// <summary>An attribute's type (RFC 7643 section 2.3).</summary>
internal enum AttributeType
{
    String,
    Boolean,
    DateTime,
    Reference,
    Binary,
    Complex,
}

/// <summary>Who may set an attribute (RFC 7643 section 2.2).</summary>
internal enum Mutability
{
    ReadWrite,
    ReadOnly,
    WriteOnly,
}

/// <summary>One attribute with its characteristics, as `/Schemas` shows it (RFC 7643 section 7).</summary>
internal sealed record ScimAttribute(string Name, string Description, AttributeType Type = AttributeType.String)
{
    public bool MultiValued { get; init; }
    public bool Required { get; init; }
    public bool CaseExact { get; init; }
    public Mutability Mutability { get; init; } = Mutability.ReadWrite;
    public string Returned { get; init; } = "default";
    public string Uniqueness { get; init; } = "none";
    public IReadOnlyList<string> CanonicalValues { get; init; } = [];
    public IReadOnlyList<string> ReferenceTypes { get; init; } = [];
    public IReadOnlyList<ScimAttribute> SubAttributes { get; init; } = [];

    /// <summary>A sub-attribute by its name in any letter case.</summary>
    public ScimAttribute? Sub(string name) =>
        SubAttributes.FirstOrDefault(each => each.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}

/// <summary>A schema: its attributes under a URN.</summary>
internal sealed record ScimSchema(string Id, string Name, string Description, IReadOnlyList<ScimAttribute> Attributes)
{
    /// <summary>An attribute by its name in any letter case.</summary>
    public ScimAttribute? Find(string name) =>
        Attributes.FirstOrDefault(each => each.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
