
namespace Provisioning.Storage;

/// <summary>SQL's null where a moment could be: a parameter whose type comes and goes could not be prepared.</summary>
internal sealed class NoTime
{
    public static readonly NoTime Value = new();

    private NoTime()
    {
    }
}
