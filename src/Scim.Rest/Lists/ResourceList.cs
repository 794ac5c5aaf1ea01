using System.Net;
using System.Text.Json.Nodes;
using Scim.Wire;

namespace Scim.Lists;

/// <summary>One page of resources.</summary>
/// <param name="Total">How many there are in all.</param>
/// <param name="Resources">The page's own.</param>
/// <param name="NextCursor">Where the next page begins; empty on the last one.</param>
internal sealed record ResourceList(long Total, IReadOnlyList<ScimResource> Resources, string NextCursor)
{
    /// <summary>The URN of lists.</summary>
    public const string Schema = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

    /// <summary>The list response (RFC 7644 section 3.4.2, RFC 9865 section 2).</summary>
    public ScimReply ToReply(ListQuery query)
    {
        var head = new JsonObject { ["schemas"] = new JsonArray(Schema), ["totalResults"] = Total };
        if (query.Cursor is null)
        {
            head["startIndex"] = query.StartIndex;
        }
        else if (NextCursor.Length > 0)
        {
            head["nextCursor"] = NextCursor;
        }

        head["itemsPerPage"] = Resources.Count;
        return new(HttpStatusCode.OK, new ListBody(head, Resources));
    }

    /// <summary>Writes the head, then resource after resource.</summary>
    private sealed class ListBody(JsonObject head, IReadOnlyList<ScimResource> resources) : ScimResource
    {
        public override async Task WriteAsync(ScimWriter writer)
        {
            writer.Begin(head);
            writer.Json.WriteStartArray("Resources");
            foreach (var resource in resources)
            {
                await resource.WriteAsync(writer);
            }

            writer.Json.WriteEndArray();
            writer.Json.WriteEndObject();
        }
    }
}
