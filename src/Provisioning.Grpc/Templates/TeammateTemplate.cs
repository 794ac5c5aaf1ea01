namespace Provisioning.Templates;

/// <summary>A named set of what a new teammate starts with, in its present version.</summary>
internal sealed class TeammateTemplate
{
    public required string CompanyId { get; init; }
    public required string Id { get; init; }
    public required string Name { get; set; }
    public required string NameFolded { get; set; }

    /// <summary>A <see cref="V1.TemplateContents"/> in protobuf's JSON.</summary>
    public required string Contents { get; set; }

    public long Version { get; set; }
    public DateTimeOffset CreateTime { get; init; }
    public DateTimeOffset UpdateTime { get; set; }
}

/// <summary>One version of a template as it was saved; kept after edits.</summary>
internal sealed class TeammateTemplateVersion
{
    public required string CompanyId { get; init; }
    public required string TemplateId { get; init; }
    public long Version { get; init; }
    public required string Name { get; init; }
    public required string Contents { get; init; }
    public DateTimeOffset CreateTime { get; init; }
}
