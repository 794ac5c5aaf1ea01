using System.Text.Json.Nodes;
using Scim.Tolerance;
using Scim.Wire;

namespace Scim.Lists;

/// <summary>The body of a search request (RFC 7644 section 3.4.3), as far as it is no list query.</summary>
internal static class SearchRequest
{
    /// <summary>The URN of search requests.</summary>
    public const string Schema = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

    /// <summary>Notes a body that does not say what it is.</summary>
    public static void CheckSchema(JsonObject body, Tolerances tolerances) => SchemasMember.Check(body, Schema, tolerances);

    /// <summary>Which attributes it wants to see.</summary>
    public static Projection ProjectionOf(JsonObject body) =>
        Projection.Of(ListQuery.Names(body, "attributes"), ListQuery.Names(body, "excludedAttributes"));
}
