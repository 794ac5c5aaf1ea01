namespace Provisioning.Patch;

/// <summary>Why a step of a PATCH cannot be applied, in the terms of RFC 7644 section 3.12.</summary>
public enum PatchFault
{
    /// <summary>The path cannot be read, or names nothing.</summary>
    InvalidPath,

    /// <summary>The path names nothing that is there to change.</summary>
    NoTarget,

    /// <summary>The attribute cannot be changed so.</summary>
    Mutability,

    /// <summary>The attribute cannot hold the value.</summary>
    InvalidValue,
}
