namespace Conformance;

/// <summary>Says which rules of tests/Conformance/rules.json a test proves.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProvesAttribute(params string[] rules) : Attribute
{
    public IReadOnlyList<string> Rules { get; } = rules;
}
