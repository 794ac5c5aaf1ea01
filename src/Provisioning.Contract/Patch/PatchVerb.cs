namespace Provisioning.Patch;

/// <summary>The operation of a PATCH step (RFC 7644 section 3.5.2).</summary>
public enum PatchVerb
{
    /// <summary>Adds to what is there.</summary>
    Add,

    /// <summary>Puts something in the place of what is there.</summary>
    Replace,

    /// <summary>Removes what is there.</summary>
    Remove,
}
