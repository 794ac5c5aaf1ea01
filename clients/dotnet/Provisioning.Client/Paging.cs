using System.Runtime.CompilerServices;
using Google.Protobuf.Collections;

namespace Provisioning.Client;

/// <summary>Turns pages into one sequence.</summary>
internal static class Paging
{
    public static async IAsyncEnumerable<T> WalkAsync<T>(
        Func<string, CancellationToken, Task<(RepeatedField<T> Items, string NextToken)>> fetch,
        CancellationToken cancellation,
        [EnumeratorCancellation] CancellationToken enumeration = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, enumeration);
        var token = "";
        do
        {
            (var items, token) = await fetch(token, either.Token);
            foreach (var item in items)
            {
                yield return item;
            }
        }
        while (token.Length > 0);
    }
}
