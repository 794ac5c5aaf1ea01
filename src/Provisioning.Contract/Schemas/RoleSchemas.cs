namespace Provisioning.Schemas;

/// <summary>The attributes of roles.</summary>
public static class RoleSchemas
{
    /// <summary>URN by which Okta finds out what roles there are (Okta: build a SCIM 2.0 server with entitlements).</summary>
    public const string RoleSchema = "urn:okta:scim:schemas:core:1.0:Role";

    /// <summary>A teammate template, as a role to pick.</summary>
    public static ResourceSchema Role { get; } = new(RoleSchema, "Role", "A teammate template, to be picked as a user's role.",
    [
        new("displayName", "The template's name.") { Required = true, Unique = true, Mutability = Mutability.ReadOnly },
    ]);
}
