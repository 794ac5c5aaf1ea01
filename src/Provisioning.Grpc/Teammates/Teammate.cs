using Provisioning.Templates;
using Provisioning.V1;

namespace Provisioning.Teammates;

/// <summary>A person in a company, as stored.</summary>
internal sealed class Teammate : ITemplated
{
    public required string CompanyId { get; init; }
    public required string Id { get; init; }
    public required string UserName { get; set; }

    /// <summary>The user name in one letter case: what uniqueness and look-ups go by.</summary>
    public required string UserNameFolded { get; set; }

    public V1.Teammate.Types.State State { get; set; }

    /// <summary>The profile in SCIM's JSON, as received.</summary>
    public required string Profile { get; set; }

    /// <summary>The same JSON for searching: lower-case names, folded texts.</summary>
    public required string Search { get; set; }

    /// <summary>A JSON object from connection id ("" for callers without one) to the external id there.</summary>
    public required string ExternalIds { get; set; }

    public bool CompanyAdmin { get; set; }
    public string? TemplateId { get; set; }

    /// <summary>A <see cref="TemplateAssignment"/> in protobuf's JSON; null when none was ever assigned.</summary>
    public string? Assignment { get; set; }

    /// <summary>The <see cref="TemplateContents"/> copied at assignment, in protobuf's JSON.</summary>
    public string? Grant { get; set; }

    public long Version { get; set; }
    public DateTimeOffset CreateTime { get; init; }
    public DateTimeOffset UpdateTime { get; set; }
    public DateTimeOffset? BlockTime { get; set; }
}

/// <summary>One value by which a teammate is found through the index.</summary>
internal sealed class TeammateValue
{
    public required string CompanyId { get; init; }

    /// <summary>"emails", "roles", "word", "blocked" for who is, or "externalid/" and the connection's id.</summary>
    public required string Attribute { get; init; }

    /// <summary>Folded, except external ids, which are case-exact; for "blocked" the user name.</summary>
    public required string Value { get; init; }

    public required string TeammateId { get; init; }
}
