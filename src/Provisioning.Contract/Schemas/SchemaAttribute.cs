namespace Provisioning.Schemas;

/// <summary>An attribute's type (RFC 7643 section 2.3).</summary>
public enum AttributeType
{
    /// <summary>Text.</summary>
    String,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A moment, as RFC 3339 writes it.</summary>
    DateTime,

    /// <summary>An address or the id of a resource.</summary>
    Reference,

    /// <summary>Bytes in base64.</summary>
    Binary,

    /// <summary>Sub-attributes.</summary>
    Complex,
}

/// <summary>Who may set an attribute (RFC 7643 section 2.2).</summary>
public enum Mutability
{
    /// <summary>Clients set it.</summary>
    ReadWrite,

    /// <summary>The service sets it.</summary>
    ReadOnly,

    /// <summary>Clients set it when they make the value, and never after.</summary>
    Immutable,

    /// <summary>Clients set it and never see it.</summary>
    WriteOnly,
}

/// <summary>When an attribute is shown (RFC 7643 section 2.2).</summary>
public enum Returned
{
    /// <summary>Unless a request leaves it out.</summary>
    Default,

    /// <summary>Whatever a request says.</summary>
    Always,

    /// <summary>Never.</summary>
    Never,
}

/// <summary>
/// One attribute with its characteristics (RFC 7643 section 7). This one table is what `/Schemas` shows, what bodies and
/// PATCH paths are read by, and what filters and sorting go by.
/// </summary>
/// <param name="Name">The name, such as "userName".</param>
/// <param name="Description">What it means.</param>
/// <param name="Type">The type.</param>
public sealed record SchemaAttribute(string Name, string Description, AttributeType Type = AttributeType.String)
{
    /// <summary>Whether it holds a list.</summary>
    public bool MultiValued { get; init; }

    /// <summary>Whether a resource cannot be without it.</summary>
    public bool Required { get; init; }

    /// <summary>Whether letter case matters, in filters and in uniqueness alike.</summary>
    public bool CaseExact { get; init; }

    /// <summary>Who may set it.</summary>
    public Mutability Mutability { get; init; }

    /// <summary>When it is shown.</summary>
    public Returned Returned { get; init; }

    /// <summary>Whether no two resources of a company have the same value.</summary>
    public bool Unique { get; init; }

    /// <summary>Whether filters and sorting may name it. What depends on the address of a request cannot be searched.</summary>
    public bool Searchable { get; init; } = true;

    /// <summary>Values that clients are advised to use.</summary>
    public IReadOnlyList<string> CanonicalValues { get; init; } = [];

    /// <summary>What a reference leads to.</summary>
    public IReadOnlyList<string> ReferenceTypes { get; init; } = [];

    /// <summary>The parts of a complex attribute.</summary>
    public IReadOnlyList<SchemaAttribute> SubAttributes { get; init; } = [];

    /// <summary>A sub-attribute by its name in any letter case; null when there is none.</summary>
    public SchemaAttribute? Sub(string name) => Named(SubAttributes, name);

    /// <summary>The one of some attributes that has a name, in any letter case; null for none.</summary>
    internal static SchemaAttribute? Named(IReadOnlyList<SchemaAttribute> attributes, string name)
    {
        for (var index = 0; index < attributes.Count; index++)
        {
            if (attributes[index].Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return attributes[index];
            }
        }

        return null;
    }
}

/// <summary>A schema: its attributes under a URN.</summary>
/// <param name="Id">The URN.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Attributes">Its attributes, without those that every resource has.</param>
public sealed record ResourceSchema(string Id, string Name, string Description, IReadOnlyList<SchemaAttribute> Attributes)
{
    /// <summary>An attribute by its name in any letter case; null when there is none.</summary>
    public SchemaAttribute? Find(string name) => SchemaAttribute.Named(Attributes, name);
}
