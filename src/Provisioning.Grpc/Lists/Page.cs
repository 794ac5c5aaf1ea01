using System.Security.Cryptography;
using System.Text;
using Provisioning.Contract;

namespace Provisioning.Lists;

/// <summary>Which page of a list a request asks for (AIP-158).</summary>
/// <param name="Size">How many at most.</param>
/// <param name="After">The last key of the page before; empty for the first page.</param>
/// <param name="Skip">How many to pass over first.</param>
internal sealed record Page(int Size, string After, int Skip)
{
    private const int DefaultSize = 100, MaxSize = 1000, MaxSkip = 100_000_000;

    /// <summary>Reads the page fields of a request.</summary>
    /// <param name="tokens">Opens the page token.</param>
    /// <param name="list">What is listed, filter and company included: a token opens only the list it was made for.</param>
    /// <param name="size">The request's page_size.</param>
    /// <param name="token">The request's page_token.</param>
    /// <param name="skip">The request's skip.</param>
    public static Page Read(SealedTokens tokens, string list, int size, string token, long skip) =>
        Read(tokens, new Lazy<string>(list), size, token, skip);

    /// <summary>The same of a list whose name is made only where it is needed.</summary>
    public static Page Read(SealedTokens tokens, Lazy<string> list, int size, string token, long skip)
    {
        if (size < 0)
        {
            throw Failures.InvalidField("page_size", "page_size must not be negative.");
        }

        if (skip is < 0 or > MaxSkip)
        {
            throw Failures.InvalidField("skip", $"skip must be between 0 and {MaxSkip}.");
        }

        var after = token.Length == 0 ? "" : tokens.Open(Purpose(list.Value), token) ?? throw Failures.InvalidPageToken();
        return new(size == 0 ? DefaultSize : Math.Min(size, MaxSize), after, (int)skip);
    }

    /// <summary>Cuts rows read with one more than the page's size, and seals the token of the page that follows.</summary>
    public (List<T> Rows, string NextToken) Cut<T>(SealedTokens tokens, string list, List<T> rows, Func<T, string> key)
    {
        if (rows.Count <= Size)
        {
            return (rows, "");
        }

        rows.RemoveRange(Size, rows.Count - Size);
        return (rows, Seal(tokens, list, key(rows[^1])));
    }

    /// <summary>Seals the token of the page that begins after a key.</summary>
    public static string Seal(SealedTokens tokens, string list, string last) => tokens.Seal(Purpose(list), last);

    private static string Purpose(string list) =>
        "page/" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(list)));
}
