using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Json;
using Provisioning.Schemas;
using Scim.Wire;

namespace Scim.Tolerance;

/// <summary>The `schemas` of bodies (RFC 7643 section 3). What they lack or add is no reason to refuse one.</summary>
internal static class SchemasMember
{
    /// <summary>Notes a message that does not name its own schema.</summary>
    /// <exception cref="ScimException">It has a member twice, in two letter cases.</exception>
    public static void Check(JsonObject body, string schema, Tolerances tolerances)
    {
        body.RequireEachOnce();
        if (!Of(body).Contains(schema, StringComparer.OrdinalIgnoreCase))
        {
            tolerances.Note(Tolerated.Schemas);
        }
    }

    /// <summary>Notes a resource that does not name its core schema, or names one that is none of its own.</summary>
    public static void Check(JsonObject body, ResourceType type, Tolerances tolerances)
    {
        Check(body, type.Core.Id, tolerances);
        if (Of(body).Any(urn => !type.Schemas.Any(schema => schema.Id.Equals(urn, StringComparison.OrdinalIgnoreCase))))
        {
            tolerances.Note(Tolerated.UnknownSchema);
        }
    }

    private static IEnumerable<string> Of(JsonObject body) =>
        (body.Member("schemas") as JsonArray ?? [])
            .Where(each => each?.GetValueKind() == JsonValueKind.String).Select(each => each!.GetValue<string>());
}
