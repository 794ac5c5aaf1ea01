namespace Provisioning.Contract;

/// <summary>Metadata that callers may send beside their token.</summary>
internal static class CallHeaders
{
    /// <summary>Names the company of a call by a token that belongs to none, by id or slug.</summary>
    public const string Company = "x-provisioning-company";

    /// <summary>Names, separated by commas, the tolerances that a front end used to understand its request.</summary>
    public const string Tolerances = "x-provisioning-tolerances";
}
