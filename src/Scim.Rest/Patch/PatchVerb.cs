namespace Scim.Patch;

/// <summary>What a step does (RFC 7644 section 3.5.2).</summary>
internal enum PatchVerb
{
    Add,
    Replace,
    Remove,
}
