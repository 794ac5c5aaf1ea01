namespace Provisioning.Schemas;

/// <summary>The attributes of groups.</summary>
public static class GroupSchemas
{
    /// <summary>URN of the core group schema (RFC 7643 section 4.2).</summary>
    public const string GroupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group";

    /// <summary>The teammates in a group.</summary>
    public static SchemaAttribute Members { get; } = new(
        "members", "The teammates in the group. Groups in groups are not supported.", AttributeType.Complex)
    {
        MultiValued = true,
        SubAttributes =
        [
            new("value", "The teammate's id.") { Mutability = Mutability.Immutable, CaseExact = true },
            new("$ref", "The teammate's address.", AttributeType.Reference)
            {
                Mutability = Mutability.Immutable, CaseExact = true, ReferenceTypes = ["User"], Searchable = false,
            },
            new("display", "The teammate's user name.") { Mutability = Mutability.ReadOnly },
            new("type", "What the member is: User.") { Mutability = Mutability.Immutable, CanonicalValues = ["User"] },
        ],
    };

    /// <summary>The core group.</summary>
    public static ResourceSchema Group { get; } = new(GroupSchema, "Group", "A teammate group.",
    [
        new("displayName", "The group's name; unique in the company in any letter case.") { Required = true, Unique = true },
        Members,
    ]);
}
