
namespace Provisioning.Storage;

/// <summary>A key of the Data Protection ring, as stored: under the root key.</summary>
internal sealed class RingKey
{
    public int Id { get; init; }
    public string? FriendlyName { get; init; }
    public string? Xml { get; init; }
}
