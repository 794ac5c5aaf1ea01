namespace Provisioning.Storage;

/// <summary>A fact about the database itself, such as which cluster wrote it.</summary>
internal sealed class StorageFact
{
    public required string Name { get; init; }
    public required string Value { get; set; }
}
