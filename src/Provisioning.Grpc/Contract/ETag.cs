using System.Globalization;

namespace Provisioning.Contract;

/// <summary>A resource's version as an opaque text.</summary>
internal static class ETag
{
    public static string Of(long version) => version.ToString(CultureInfo.InvariantCulture);

    /// <summary>Refuses when the caller named a version that is not the present one.</summary>
    public static void Check(string given, long version)
    {
        if (given.Length > 0 && given != Of(version))
        {
            throw Failures.ETagMismatch(Of(version));
        }
    }
}
