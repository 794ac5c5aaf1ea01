using Provisioning.Access;
using Provisioning.Storage;

namespace Provisioning.Writing;

/// <summary>On what a write reads what it needs before it starts.</summary>
/// <param name="Dialect">The engine's dialect.</param>
/// <param name="Caller">Who writes.</param>
/// <param name="SkipLocked">Whether rows that another writer has locked are passed over (SKIP LOCKED), rather than waited for.</param>
internal sealed record PreloadContext(Dialect Dialect, Caller Caller, bool SkipLocked);
