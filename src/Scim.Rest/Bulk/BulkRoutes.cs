using System.Net;
using System.Text.Json.Nodes;
using Scim.Connection;
using Scim.Resources;
using Scim.Wire;

namespace Scim.Bulk;

/// <summary>The route of bulk requests.</summary>
internal static class BulkRoutes
{
    /// <summary>The URN of bulk replies.</summary>
    public const string ResponseSchema = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

    public static void MapBulk(this IEndpointRouteBuilder routes, IReadOnlyList<ResourceEndpoint> endpoints)
    {
        routes.MapScim("/Bulk", ["POST"], (context, call) => RunAsync(context, call, endpoints));
        routes.RefuseOthers("/Bulk", "POST, OPTIONS");
    }

    private static async Task<ScimReply> RunAsync(HttpContext context, ScimCall call, IReadOnlyList<ResourceEndpoint> endpoints)
    {
        var request = BulkRequest.Read(
            await ScimBody.ReadAsync(context.Request, call.Tolerances, ScimBody.MaxBulkBytes, BulkRequest.MaxDepth), call.Tolerances);
        var run = new BulkRun(request, endpoints, call, context.RequestServices.GetRequiredService<Refusals>());
        var results = run.ResultsAsync(call.Cancellation).GetAsyncEnumerator(call.Cancellation);

        // A token that opens nothing is an error of the whole request, so the first result comes before the reply.
        return new(HttpStatusCode.OK, new BulkBody(results, await results.MoveNextAsync()));
    }

    /// <summary>Writes result after result as the operations are done.</summary>
    private sealed class BulkBody(IAsyncEnumerator<JsonObject> results, bool any) : ScimResource
    {
        public override async Task WriteAsync(ScimWriter writer)
        {
            await using var ended = results;
            writer.Begin(new() { ["schemas"] = new JsonArray(ResponseSchema) });
            writer.Json.WriteStartArray("Operations");
            for (var more = any; more; more = await results.MoveNextAsync())
            {
                results.Current.WriteTo(writer.Json);
                await writer.FlushAsync();
            }

            writer.Json.WriteEndArray();
            writer.Json.WriteEndObject();
        }
    }
}
