using Google.Protobuf;
using Provisioning.Access;

namespace Provisioning.Writing;

/// <summary>A write that may go into one transaction with others of its company.</summary>
/// <param name="caller">Who asks for it.</param>
/// <param name="request">What is asked.</param>
/// <param name="key">What it is about.</param>
/// <param name="work">Does it, on a <see cref="Write"/> that has the transaction not to itself.</param>
internal sealed class SharedWrite(Caller caller, WriteRequest request, string key, Func<Write, Task<IMessage>> work)
{
    private readonly TaskCompletionSource<IReadOnlyList<SharedWrite>?> _turn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Caller Caller => caller;
    public WriteRequest Request => request;
    public string Key => key;
    public Func<Write, Task<IMessage>> Work => work;

    /// <summary>What it came to; null when it failed, or is to be done alone.</summary>
    public IMessage? Reply { get; set; }

    /// <summary>Why it failed; null when it did not.</summary>
    public Exception? Failure { get; set; }

    /// <summary>
    /// Ends when it was tried in somebody else's transaction, with null, or when it is its turn to lead the writes given.
    /// </summary>
    public Task<IReadOnlyList<SharedWrite>?> Turn => _turn.Task;

    public void Lead(IReadOnlyList<SharedWrite> together) => _turn.SetResult(together);

    public void End() => _turn.TrySetResult(null);
}
