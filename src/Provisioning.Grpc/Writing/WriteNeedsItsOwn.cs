
namespace Provisioning.Writing;

/// <summary>A write cannot be done in one transaction with others: it starts over alone.</summary>
internal sealed class WriteNeedsItsOwn : Exception;
