using Provisioning.Json;

namespace Scim.Schema;

/// <summary>The attributes of users: what `/Schemas` shows is what bodies and PATCH paths are read by.</summary>
internal static class UserSchemas
{
    private static readonly ScimAttribute Primary = new("primary", "Whether this is the preferred value; at most one is.", AttributeType.Boolean);

    /// <summary>Attributes every resource has (RFC 7643 section 3.1); not part of a schema's list.</summary>
    public static readonly IReadOnlyList<ScimAttribute> Common =
    [
        new("schemas", "URNs of the schemas in use.", AttributeType.Reference) { MultiValued = true, Mutability = Mutability.ReadOnly },
        new("id", "The teammate's id here.") { Mutability = Mutability.ReadOnly, CaseExact = true, Returned = "always", Uniqueness = "server" },
        new("externalId", "The user's id at the identity provider.") { CaseExact = true },
        new("meta", "Type, times, address and version.", AttributeType.Complex) { Mutability = Mutability.ReadOnly },
    ];

    /// <summary>The core user (RFC 7643 section 4.1).</summary>
    public static readonly ScimSchema User = new(ProfileJson.UserSchema, "User", "A teammate.",
    [
        new("userName", "What the teammate signs in with; unique in the company in any letter case.") { Required = true, Uniqueness = "server" },
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
        new("password", "Taken and dropped: teammates sign in elsewhere.") { Mutability = Mutability.WriteOnly, Returned = "never", CaseExact = true },
        Many("emails", "E-mail addresses.", "An address.", "work", "home", "other"),
        Many("phoneNumbers", "Telephone numbers.", "A number.", "work", "home", "mobile", "fax", "pager", "other"),
        Many("ims", "Instant messaging addresses.", "An address."),
        Many("photos", "Pictures.", "The picture's address.", "photo", "thumbnail"),
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
        Many("entitlements", "What the teammate is entitled to.", "The entitlement."),
        Many("roles", "The first role that is a teammate template's name or id gives a new teammate that template.", "The role."),
        Many("x509Certificates", "Certificates.", "A certificate in base64."),
        new("groups", "The teammate groups the teammate is in.", AttributeType.Complex)
        {
            MultiValued = true,
            Mutability = Mutability.ReadOnly,
            SubAttributes =
            [
                new("value", "The group's id.") { Mutability = Mutability.ReadOnly }, new("display", "The group's name.") { Mutability = Mutability.ReadOnly },
            ],
        },
    ]);

    /// <summary>The enterprise user extension (RFC 7643 section 4.3).</summary>
    public static readonly ScimSchema Enterprise = new(ProfileJson.EnterpriseSchema, "Enterprise User", "What a company knows of a teammate.",
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
                new("$ref", "The manager's address.", AttributeType.Reference) { ReferenceTypes = ["User"] },
                new("displayName", "The manager's name."),
            ],
        },
    ]);

    /// <summary>An attribute of a user without a URN: the core's, or one that every resource has.</summary>
    public static ScimAttribute? FindCore(string name) =>
        User.Find(name) ?? Common.FirstOrDefault(each => each.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static ScimAttribute Many(string name, string description, string value, params string[] types) =>
        new(name, description, AttributeType.Complex)
        {
            MultiValued = true,
            SubAttributes =
            [
                new("value", value), new("display", "The value for people."),
                new("type", "What it is for.") { CanonicalValues = types }, Primary,
            ],
        };
}
