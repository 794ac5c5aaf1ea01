using System.Security.Cryptography;
using System.Text;

namespace Provisioning.Lists;

/// <summary>Values as they stand in indexes, whose keys have a bounded size: a longer one is looked up by its hash.</summary>
internal static class IndexKeys
{
    private const int MaxBytes = 400;

    public static string Of(string value) =>
        Encoding.UTF8.GetByteCount(value) <= MaxBytes
            ? value
            : "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)));
}
