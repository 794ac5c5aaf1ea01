namespace Provisioning.Patch;

/// <summary>A step of a PATCH cannot be applied.</summary>
/// <param name="fault">Why.</param>
/// <param name="sentence">What is wrong, and the remedy.</param>
public sealed class PatchException(PatchFault fault, string sentence) : Exception(sentence)
{
    /// <summary>Why.</summary>
    public PatchFault Fault { get; } = fault;

    /// <summary>The path cannot be read, or names nothing.</summary>
    public static PatchException Path(string sentence) => new(PatchFault.InvalidPath, sentence);

    /// <summary>The path names nothing that is there to change.</summary>
    public static PatchException NoTarget(string sentence) => new(PatchFault.NoTarget, sentence);

    /// <summary>The attribute cannot be changed so.</summary>
    public static PatchException Mutability(string sentence) => new(PatchFault.Mutability, sentence);

    /// <summary>The attribute is the service's own.</summary>
    public static PatchException ReadOnly(string attribute) =>
        Mutability($"{attribute} is read-only. Remove it from the attributes that the identity provider sends.");

    /// <summary>The attribute cannot hold the value.</summary>
    public static PatchException Value(string sentence) => new(PatchFault.InvalidValue, sentence);
}
