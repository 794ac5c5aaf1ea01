
namespace Provisioning.Schemas;

/// <summary>A kind of resource with its schemas (RFC 7643 section 6).</summary>
/// <param name="Name">Such as "User".</param>
/// <param name="Endpoint">Its path below the base URL, such as "/Users".</param>
/// <param name="Core">The schema whose attributes need no URN before their names.</param>
/// <param name="Extensions">Further schemas that resources of this kind may have.</param>
public sealed record ResourceType(string Name, string Endpoint, ResourceSchema Core, params IReadOnlyList<ResourceSchema> Extensions)
{
    /// <summary>Attributes that every resource has (RFC 7643 section 3.1); they are part of no schema's list.</summary>
    public static IReadOnlyList<SchemaAttribute> Common { get; } =
    [
        new("schemas", "URNs of the schemas in use.", AttributeType.Reference)
        {
            MultiValued = true, Mutability = Mutability.ReadOnly, Returned = Returned.Always, CaseExact = true, ReferenceTypes = ["uri"],
        },
        new("id", "The resource's id here.") { Mutability = Mutability.ReadOnly, CaseExact = true, Returned = Returned.Always,
            Unique = true },
        new("externalId", "The resource's id at the identity provider.") { CaseExact = true },
        new("meta", "Type, times, address and version.", AttributeType.Complex)
        {
            Mutability = Mutability.ReadOnly,
            SubAttributes =
            [
                new("resourceType", "The resource's type.") { Mutability = Mutability.ReadOnly, CaseExact = true },
                new("created", "When it was made.", AttributeType.DateTime) { Mutability = Mutability.ReadOnly },
                new("lastModified", "When it last changed.", AttributeType.DateTime) { Mutability = Mutability.ReadOnly },
                new("location", "Its address.",
                    AttributeType.Reference) { Mutability = Mutability.ReadOnly, CaseExact = true, Searchable = false },
                new("version", "Its version.") { Mutability = Mutability.ReadOnly, CaseExact = true, Searchable = false },
            ],
        },
    ];

    /// <summary>Whether attributes that no schema names are kept as they were given, rather than passed over.</summary>
    public bool KeepsOthers { get; init; }

    /// <summary>A teammate.</summary>
    public static ResourceType User { get; } = new("User", "/Users", UserSchemas.User, UserSchemas.Enterprise) { KeepsOthers = true };

    /// <summary>A teammate group.</summary>
    public static ResourceType Group { get; } = new("Group", "/Groups", GroupSchemas.Group);

    /// <summary>A teammate template, as a role to pick.</summary>
    public static ResourceType Role { get; } = new("Role", "/Roles", RoleSchemas.Role);

    /// <summary>Every schema, the core's first.</summary>
    public IEnumerable<ResourceSchema> Schemas => [Core, .. Extensions];

    /// <summary>An attribute without a URN, in any letter case: the core schema's, or one that every resource has.</summary>
    public SchemaAttribute? FindCore(string name) => Core.Find(name) ?? SchemaAttribute.Named(Common, name);

    /// <summary>An attribute of a schema; an empty URN, or the core's, means the core schema.</summary>
    public SchemaAttribute? Find(string schema, string name) =>
        schema.Length == 0 || schema.Equals(Core.Id, StringComparison.OrdinalIgnoreCase)
            ? FindCore(name)
            : Extension(schema)?.Find(name);

    /// <summary>An extension by its URN in any letter case; null when it is none of this resource's.</summary>
    public ResourceSchema? Extension(string urn)
    {
        foreach (var extension in Extensions)
        {
            if (extension.Id.Equals(urn, StringComparison.OrdinalIgnoreCase))
            {
                return extension;
            }
        }

        return null;
    }

    /// <summary>What an attribute's name leads to; null when nothing that can be searched has that name.</summary>
    public SearchTarget? Resolve(string name)
    {
        if (AttributeNames.Resolve(this, name) is not AttributeName.Known { Attribute.Searchable: true } known)
        {
            return null;
        }

        return known.Part.Length == 0
            ? new(known.Schema, known.Attribute, SearchTarget.Parts(known.Attribute).FirstOrDefault(each => each.Name == "value"),
                IsWhole: true)
            : known.KnownPart is { Searchable: true } part ? new(known.Schema, known.Attribute, part, IsWhole: false) : null;
    }
}

/// <summary>What a filter or an order names.</summary>
/// <param name="Schema">The extension's URN; empty for the core.</param>
/// <param name="Attribute">The attribute.</param>
/// <param name="Part">The sub-attribute, by default `value` where there is one; null for an attribute that has none.</param>
/// <param name="IsWhole">Whether the attribute was named alone.</param>
public sealed record SearchTarget(string Schema, SchemaAttribute Attribute, SchemaAttribute? Part, bool IsWhole)
{
    /// <summary>What is compared: the part, or an attribute without parts.</summary>
    public SchemaAttribute Leaf => Part ?? Attribute;

    /// <summary>The sub-attributes of an attribute; a list of plain values has `value` alone.</summary>
    internal static IReadOnlyList<SchemaAttribute> Parts(SchemaAttribute attribute) =>
        attribute is { MultiValued: true, SubAttributes.Count: 0 }
            ? [attribute with { Name = "value", MultiValued = false }]
            : attribute.SubAttributes;
}
