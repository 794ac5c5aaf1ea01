using Provisioning.Access;

namespace Provisioning.Writing;

/// <summary>On what a write reads what it needs before it starts.</summary>
/// <param name="Provider">The engine.</param>
/// <param name="Caller">Who writes.</param>
/// <param name="SkipLocked">Whether rows that another writer has locked are passed over (SKIP LOCKED), rather than waited for.</param>
internal sealed record PreloadContext(StorageProvider Provider, Caller Caller, bool SkipLocked);
