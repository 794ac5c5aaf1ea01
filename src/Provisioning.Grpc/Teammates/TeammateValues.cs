using System.Text.Json.Nodes;
using Provisioning.Filtering;
using Provisioning.Lists;

namespace Provisioning.Teammates;

/// <summary>Which values of a teammate are found by equality through an index, whatever their number.</summary>
internal static class TeammateValues
{
    public const string Emails = "emails", Roles = "roles";

    public static string ExternalId(string connectionId) => "externalid/" + connectionId;

    /// <summary>Every indexed value of a teammate, from its search document and its external ids.</summary>
    public static HashSet<(string Attribute, string Value)> Of(JsonObject document, IReadOnlyDictionary<string, string> externalIds) =>
    [
        .. Texts(document, Emails), .. Texts(document, Roles),
        .. externalIds.Select(entry => (ExternalId(entry.Key), IndexKeys.Of(entry.Value))),
    ];

    private static IEnumerable<(string Attribute, string Value)> Texts(JsonObject document, string attribute) =>
        (document[SearchDocument.NameOf(attribute)] as JsonArray ?? []).OfType<JsonObject>()
            .Select(item => item["value"]?.GetValue<string>()).OfType<string>().Select(value => (attribute, IndexKeys.Of(value)));
}
