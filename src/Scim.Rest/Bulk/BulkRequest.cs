using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Json;
using Scim.Tolerance;
using Scim.Wire;

namespace Scim.Bulk;

/// <summary>A bulk request (RFC 7644 section 3.7).</summary>
/// <param name="Operations">What is asked, in order.</param>
/// <param name="FailOnErrors">After how many errors to stop.</param>
internal sealed record BulkRequest(IReadOnlyList<BulkOperation> Operations, int FailOnErrors)
{
    /// <summary>The URN of bulk requests.</summary>
    public const string Schema = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

    /// <summary>How deep a bulk request may nest, so that an operation's data may be as deep as alone.</summary>
    public const int MaxDepth = ProfileJson.MaxDepth + 3;

    /// <summary>How many operations one request may hold.</summary>
    public const int MaxOperations = 1_000;

    /// <summary>Reads a bulk request. What is wrong with one operation is that operation's own error.</summary>
    /// <exception cref="ScimException">It is no bulk request, or too large.</exception>
    public static BulkRequest Read(JsonObject body, Tolerances tolerances)
    {
        SchemasMember.Check(body, Schema, tolerances);
        if (body.Member("Operations") is not JsonArray { Count: > 0 } operations)
        {
            throw ScimException.Syntax("A bulk request must hold \"Operations\", a list of at least one operation.");
        }

        if (operations.Count > MaxOperations)
        {
            throw ScimException.TooLarge(
                $"The bulk request has {operations.Count} operations; {MaxOperations} at most are taken. Send them in several requests.");
        }

        var read = operations.Select(BulkOperation.Read).ToList();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in read.Select(operation => operation.BulkId).Where(id => id.Length > 0))
        {
            if (!ids.Add(id))
            {
                throw ScimException.Value($"The bulkId \"{id}\" is there twice. Give each operation its own.");
            }
        }

        return new(read, FailOnErrorsOf(body.Member("failOnErrors")));
    }

    private static int FailOnErrorsOf(JsonNode? node) =>
        node is null ? int.MaxValue
        : node.GetValueKind() == JsonValueKind.Number
            && int.TryParse(node.ToJsonString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
        : throw ScimException.Value("failOnErrors must be a whole number above 0.");
}

/// <summary>One operation of a bulk request.</summary>
/// <param name="Method">POST, PUT, PATCH or DELETE.</param>
/// <param name="BulkId">By which others refer to what it makes; empty for none.</param>
/// <param name="Version">The version it is to be done on; null for any.</param>
/// <param name="Path">The resource's path below the base URL.</param>
/// <param name="Data">The body it would have alone.</param>
internal sealed record BulkOperation(string Method, string BulkId, string? Version, string Path, JsonObject? Data)
{
    /// <summary>What is wrong with it; null when it can be tried.</summary>
    public ScimException? Fault { get; private init; }

    public static BulkOperation Read(JsonNode? node)
    {
        if (node is not JsonObject item)
        {
            return Faulty("", "", "Each of \"Operations\" must be an object with \"method\" and \"path\".");
        }

        item.RequireEachOnce();
        var (method, bulkId, path) = (Text(item, "method")?.ToUpperInvariant() ?? "", Text(item, "bulkId") ?? "", Text(item, "path") ?? "");
        var data = item.Member("data");
        if (method is not ("POST" or "PUT" or "PATCH" or "DELETE"))
        {
            return Faulty(method, bulkId, $"\"method\" must be POST, PUT, PATCH or DELETE, not \"{method}\".");
        }

        if (item.Member("version") is { } version
            && (version.GetValueKind() != JsonValueKind.String || version.GetValue<string>().Length == 0))
        {
            return Faulty(method, bulkId, $"\"version\" must be a resource's version, such as W/\"1\", not {version.ToJsonString()}.");
        }

        return path.Length == 0 ? Faulty(method, bulkId, "\"path\" must name a resource, such as /Users or /Users/tea_….")
            : method != "DELETE"
                && data is not JsonObject ? Faulty(method, bulkId, $"\"data\" must be the object that {method} {path} takes.")
            : new(method, bulkId, Text(item, "version"), path, data as JsonObject);
    }

    private static BulkOperation Faulty(string method, string bulkId, string detail) =>
        new(method, bulkId, null, "", null) { Fault = ScimException.Syntax(detail) };

    private static string? Text(JsonObject item, string name) =>
        item.Member(name) is { } node && node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;
}
