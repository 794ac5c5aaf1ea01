namespace Settings.Shell;

/// <summary>One thing on both sides of a change, in words; empty where it was not there.</summary>
public sealed record Difference(string Name, string Before, string After);
