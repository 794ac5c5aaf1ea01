namespace Provisioning.Schemas;

/// <summary>A URN by which clients name a schema of this service: its own, or one of the drafts and of SCIM 1.1.</summary>
/// <param name="Text">The URN.</param>
/// <param name="Type">The name of the kind of resource whose schema it is; empty for a URN that the core schemas of all kinds
/// share.</param>
/// <param name="Schema">The schema's URN here; empty for the core schema.</param>
internal sealed record SchemaUrn(string Text, string Type, string Schema)
{
    /// <summary>Every such URN, the longest first, so that the first one that a name begins with is meant.</summary>
    public static IReadOnlyList<SchemaUrn> All { get; } =
    [
        .. ((IEnumerable<SchemaUrn>)
        [
            new(UserSchemas.User.Id, "User", ""),
            new("urn:scim:schemas:core:2.0:User", "User", ""),
            new("urn:scim:schemas:core:1.0:User", "User", ""),
            new(GroupSchemas.GroupSchema, "Group", ""),
            new("urn:scim:schemas:core:2.0:Group", "Group", ""),
            new("urn:scim:schemas:core:1.0:Group", "Group", ""),
            new(RoleSchemas.RoleSchema, "Role", ""),
            new("urn:ietf:params:scim:schemas:core:2.0", "", ""),
            new("urn:scim:schemas:core:2.0", "", ""),
            new("urn:scim:schemas:core:1.0", "", ""),
            new(UserSchemas.Enterprise.Id, "User", UserSchemas.Enterprise.Id),
            new("urn:scim:schemas:extension:enterprise:2.0:User", "User", UserSchemas.Enterprise.Id),
            new("urn:scim:schemas:extension:enterprise:1.0:User", "User", UserSchemas.Enterprise.Id),
            new("urn:ietf:params:scim:schemas:extension:enterprise:2.0", "User", UserSchemas.Enterprise.Id),
            new("urn:scim:schemas:extension:enterprise:2.0", "User", UserSchemas.Enterprise.Id),
            new("urn:scim:schemas:extension:enterprise:1.0", "User", UserSchemas.Enterprise.Id),
        ]).OrderByDescending(each => each.Text.Length),
    ];

    /// <summary>
    /// Whether the URN ends in the kind of resource. One that does not says too little: a name behind it that is no attribute may be
    /// the end of a longer URN.
    /// </summary>
    public bool NamesItsType => Text.EndsWith(":" + Type, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a name is this URN, or something behind it.</summary>
    public bool Begins(string name) =>
        name.StartsWith(Text, StringComparison.OrdinalIgnoreCase) && (name.Length == Text.Length || name[Text.Length] is ':' or '.');
}
