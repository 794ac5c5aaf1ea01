using Provisioning.Storage;

namespace Provisioning.Writing;

/// <summary>What several writes of one company read before they start.</summary>
internal static class Preloads
{
    /// <summary>Statements that read all of them, in the order of locks.</summary>
    public static IEnumerable<Statement> Read(PreloadContext context, params IEnumerable<WriteRequest> requests) => requests
        .SelectMany(request => request.Preloads).GroupBy(preload => preload.Order).OrderBy(kind => kind.Key)
        .SelectMany(kind => kind.First().Read(context, [.. kind]));
}
