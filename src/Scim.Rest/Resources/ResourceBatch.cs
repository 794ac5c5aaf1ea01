using System.Text.Json.Nodes;
using Scim.Wire;

namespace Scim.Resources;

/// <summary>Resources that one call of the core makes together, each as it would be made alone.</summary>
internal abstract class ResourceBatch
{
    private ScimCall? _first;

    /// <summary>How many are gathered.</summary>
    public int Count { get; private set; }

    /// <summary>How many one call may make.</summary>
    protected abstract int Max { get; }

    /// <summary>
    /// Adds a resource; false when it cannot be read, or was not understood by the same tolerances as the others, or the batch is full.
    /// </summary>
    /// <param name="call">The call that would make it alone.</param>
    /// <param name="body">The resource.</param>
    public bool TryAdd(ScimCall call, JsonObject body)
    {
        if (Count == Max)
        {
            return false;
        }

        Action add;
        try
        {
            add = Read(call, body);
        }
        catch (ScimException)
        {
            return false;
        }

        _first ??= call;
        if (call.Tolerances.Used != _first.Tolerances.Used)
        {
            return false;
        }

        add();
        Count++;
        return true;
    }

    /// <summary>
    /// Makes them, and gives for each in order what it comes to, which throws where it was refused; for none behind the last refusal
    /// that is allowed.
    /// </summary>
    /// <param name="maxRefusals">After how many refusals to stop; 0 for never.</param>
    public Task<IReadOnlyList<Func<ScimReply>>> CreateAsync(int maxRefusals) => CreateAsync(_first!, maxRefusals);

    /// <summary>Reads a resource, and gives what adds it.</summary>
    /// <exception cref="ScimException">A value cannot be understood.</exception>
    protected abstract Action Read(ScimCall call, JsonObject body);

    /// <summary>Makes what was added.</summary>
    protected abstract Task<IReadOnlyList<Func<ScimReply>>> CreateAsync(ScimCall call, int maxRefusals);
}
