namespace Provisioning.Writing;

/// <summary>What a write had read is no longer so: it starts over.</summary>
internal sealed class WriteRaced : Exception;
