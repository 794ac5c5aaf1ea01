using Provisioning.Json;

namespace Provisioning.Schemas;

/// <summary>The attributes of users.</summary>
public static class UserSchemas
{
    private static SchemaAttribute Primary { get; } = new(
        "primary", "Whether this is the preferred value; at most one is.", AttributeType.Boolean);

    /// <summary>The core user (RFC 7643 section 4.1).</summary>
    public static ResourceSchema User { get; } = new(ProfileJson.UserSchema, "User", "A teammate.",
    [
        new("userName", "What the teammate signs in with; unique in the company in any letter case.") { Required = true, Unique = true },
        new("name", "The teammate's name in its parts.", AttributeType.Complex)
        {
            SubAttributes =
            [
                new("formatted", "The whole name."), new("familyName", "The family name."), new("givenName", "The given name."),
                new("middleName", "The middle name."), new("honorificPrefix", "Such as Dr."), new("honorificSuffix", "Such as III."),
            ],
        },
        new("displayName", "The name that others see."),
        new("nickName", "What friends say."),
        new("profileUrl", "A page about the teammate.", AttributeType.Reference) { CaseExact = true, ReferenceTypes = ["external"] },
        new("title", "The job title."),
        new("userType", "How the teammate belongs to the company, such as Contractor."),
        new("preferredLanguage", "The language to write to the teammate in."),
        new("locale", "How dates and numbers look, such as en-US."),
        new("timezone", "An IANA time zone, such as Europe/Warsaw."),
        new("active", "Whether the teammate has access. False blocks at once and keeps everything.", AttributeType.Boolean),
        new("password", "Taken and dropped: teammates sign in elsewhere.") { Mutability = Mutability.WriteOnly,
            Searchable = false, Returned = Returned.Never, CaseExact = true },
        Many("emails", "E-mail addresses.", new("value", "An address."), "work", "home", "other"),
        Many("phoneNumbers", "Telephone numbers.", new("value", "A number."), "work", "home", "mobile", "fax", "pager", "other"),
        Many("ims", "Instant messaging addresses.", new("value", "An address.")),
        Many("photos", "Pictures.",
            new("value", "The picture's address.", AttributeType.Reference) { CaseExact = true, ReferenceTypes = ["external"] }, "photo",
                "thumbnail"),
        new("addresses", "Postal addresses.", AttributeType.Complex)
        {
            MultiValued = true,
            SubAttributes =
            [
                new("formatted", "The whole address."), new("streetAddress", "Street and number."), new("locality", "The town."),
                new("region", "The state or region."), new("postalCode", "The postal code."), new("country", "The country."),
                new("type", "What it is for.") { CanonicalValues = ["work", "home", "other"] }, Primary,
            ],
        },
        Many("entitlements", "What the teammate is entitled to.", new("value", "The entitlement.")),
        Many("roles", "The first role that is a teammate template's name or id gives a new teammate that template.",
            new("value", "The role.")),
        Many("x509Certificates", "Certificates.", new("value", "A certificate in base64.", AttributeType.Binary) { CaseExact = true }),
        new("groups", "The teammate groups the teammate is in.", AttributeType.Complex)
        {
            MultiValued = true,
            Mutability = Mutability.ReadOnly,
            SubAttributes =
            [
                new("value", "The group's id.") { Mutability = Mutability.ReadOnly, CaseExact = true },
                new("$ref", "The group's address.", AttributeType.Reference)
                {
                    Mutability = Mutability.ReadOnly, CaseExact = true, ReferenceTypes = ["Group"], Searchable = false,
                },
                new("display", "The group's name.") { Mutability = Mutability.ReadOnly },
                new("type", "How the teammate is in it: direct.") { Mutability = Mutability.ReadOnly, CanonicalValues = ["direct"] },
            ],
        },
    ]);

    /// <summary>The enterprise user extension (RFC 7643 section 4.3).</summary>
    public static ResourceSchema Enterprise { get; } =
        new(ProfileJson.EnterpriseSchema, "EnterpriseUser", "What a company knows of a teammate.",
    [
        new("employeeNumber", "The company's number for the teammate."),
        new("costCenter", "The cost center."),
        new("organization", "The organization."),
        new("division", "The division."),
        new("department", "The department."),
        new("manager", "Whom the teammate reports to.", AttributeType.Complex)
        {
            SubAttributes =
            [
                new("value", "The manager's id, as the provider knows it."),
                new("$ref", "The manager's address.", AttributeType.Reference) { CaseExact = true, ReferenceTypes = ["User"] },
                new("displayName", "The manager's name."),
            ],
        },
    ]);

    private static SchemaAttribute Many(string name, string description, SchemaAttribute value, params string[] types) =>
        new(name, description, AttributeType.Complex)
        {
            MultiValued = true,
            SubAttributes =
            [
                value, new("display", "The value for people."),
                new("type", "What it is for.") { CanonicalValues = types }, Primary,
            ],
        };
}
