using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Scim.Connection;
using Scim.Resources;
using Scim.Tolerance;
using Scim.Wire;

namespace Scim.Bulk;

/// <summary>
/// Carries a bulk request out (RFC 7644 section 3.7). Operations run in the order given, except that one which refers to
/// another's `bulkId` waits for it. Where they refer to each other in a circle, the first is made without the reference
/// and completed when the other is there. Each is answered as it would be alone.
/// </summary>
internal sealed class BulkRun(BulkRequest request, IReadOnlyList<ResourceEndpoint> endpoints, ScimCall call, Refusals refusals)
{
    private readonly Dictionary<string, int> _byBulkId = request.Operations.Index().Where(each => each.Item.BulkId.Length > 0)
        .ToDictionary(each => each.Item.BulkId, each => each.Index, StringComparer.Ordinal);

    private readonly Dictionary<string, string> _made = new(StringComparer.Ordinal);
    private readonly bool[] _begun = new bool[request.Operations.Count];
    private readonly JsonObject?[] _results = new JsonObject?[request.Operations.Count];
    private readonly List<int> _incomplete = [];
    private int _answered, _errors;

    /// <summary>The results, in the order of the operations; those after the last error that is allowed are not there.</summary>
    /// <exception cref="ScimException">Or another failure: nothing is done, since nobody may call with this token.</exception>
    public async IAsyncEnumerable<JsonObject> ResultsAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        for (var index = 0; index < request.Operations.Count; index++)
        {
            cancellation.ThrowIfCancellationRequested();
            await RunTogetherAsync(index);
            await RunAsync(index);
            await CompleteAsync();
            if (_results[index] is { } result)
            {
                yield return result;
            }
        }
    }

    /// <summary>
    /// Does the operations from one on that make resources of one kind and refer to nothing, with one call of the core. Whatever it
    /// leaves undone, such as an operation that cannot be understood, is done alone.
    /// </summary>
    private async Task RunTogetherAsync(int first)
    {
        if (_errors >= request.FailOnErrors || MakerOf(first) is not { } endpoint || endpoint.NewBatch() is not { } batch)
        {
            return;
        }

        for (var index = first; index < request.Operations.Count && MakerOf(index) == endpoint; index++)
        {
            var operation = request.Operations[index];
            if (!batch.TryAdd(OwnCall(operation), operation.Data!))
            {
                break;
            }
        }

        if (batch.Count < 2)
        {
            return;
        }

        IReadOnlyList<Func<ScimReply>> outcomes;
        try
        {
            outcomes = await batch.CreateAsync(request.FailOnErrors == int.MaxValue ? 0 : request.FailOnErrors - _errors);
        }
        catch (Exception failure) when (!call.Cancellation.IsCancellationRequested)
        {
            outcomes = [.. Enumerable.Repeat<Func<ScimReply>>(() => throw failure, batch.Count)];
        }

        foreach (var (offset, outcome) in outcomes.Index())
        {
            if (_errors >= request.FailOnErrors)
            {
                return;
            }

            var (index, operation) = (first + offset, request.Operations[first + offset]);
            _begun[index] = true;
            _results[index] = await AnswerAsync(operation, () => Task.FromResult(Made(operation, outcome())));
        }
    }

    /// <summary>What makes resources as an operation asks, and needs no other operation first; null for every other operation.</summary>
    private ResourceEndpoint? MakerOf(int index)
    {
        var operation = request.Operations[index];
        if (_begun[index] || operation is not { Method: "POST", Fault: null, Data: not null } || BulkIds.In(operation).Count > 0)
        {
            return null;
        }

        try
        {
            return Find(operation, operation.Path).Endpoint;
        }
        catch (ScimException)
        {
            return null;
        }
    }

    /// <summary>Remembers what an operation made, for those that refer to it.</summary>
    private ScimReply Made(BulkOperation operation, ScimReply reply)
    {
        if (operation.BulkId.Length > 0)
        {
            _made[operation.BulkId] = reply.MadeId!;
        }

        return reply;
    }

    private async Task RunAsync(int index)
    {
        if (_begun[index] || _errors >= request.FailOnErrors)
        {
            return;
        }

        _begun[index] = true;
        var operation = request.Operations[index];
        foreach (var id in BulkIds.In(operation))
        {
            if (_byBulkId.TryGetValue(id, out var other))
            {
                await RunAsync(other);
            }
        }

        if (_errors < request.FailOnErrors)
        {
            _results[index] = await AnswerAsync(operation, () => DoAsync(index, operation));
        }
    }

    private async Task<ScimReply> DoAsync(int index, BulkOperation operation)
    {
        if (operation.Fault is { } fault)
        {
            throw fault;
        }

        foreach (var id in BulkIds.In(operation).Where(id => !_made.ContainsKey(id)))
        {
            // In a circle, the other has begun and not ended: it waits for this one.
            if (operation.Method != "POST" || !_byBulkId.TryGetValue(id, out var other) || _results[other] is not null)
            {
                throw Unresolved(id);
            }

            if (!_incomplete.Contains(index))
            {
                _incomplete.Add(index);
            }
        }

        var (endpoint, resource) = Find(operation, BulkIds.Resolve(operation.Path, _made));
        var own = OwnCall(operation);
        var data = operation.Data is null ? null : BulkIds.Resolve(operation.Data, _made);
        var reply = await (operation.Method switch
        {
            "POST" => endpoint.CreateAsync(own, data!),
            "PUT" => endpoint.ReplaceAsync(own, resource, data!),
            "PATCH" => endpoint.PatchAsync(own, resource, data!),
            _ => endpoint.DeleteAsync(own, resource),
        });
        return Made(
            operation, resource.Length > 0 ? reply with { Location = endpoint.Location(call, resource), MadeId = resource } : reply);
    }

    /// <summary>Adds the references that had to wait, once what they lead to has been tried.</summary>
    private async Task CompleteAsync()
    {
        foreach (var index in _incomplete)
        {
            var operation = request.Operations[index];
            if (_results[index]?["status"]?.GetValue<string>() != "201")
            {
                continue;
            }

            var (location, version) = (_results[index]!["location"]!.GetValue<string>(), _results[index]!["version"]!.GetValue<string>());
            var (endpoint, _) = Find(operation, operation.Path);
            var own = OwnCall(operation) with { Conditions = Conditions.OfVersion(version) };
            _results[index] = await AnswerAsync(operation, async () =>
            {
                if (BulkIds.In(operation).FirstOrDefault(id => !_made.ContainsKey(id)) is { } missing)
                {
                    await UndoAsync(endpoint, own, operation, version);
                    throw Unresolved(missing);
                }

                var reply = await endpoint.ReplaceAsync(own, _made[operation.BulkId], BulkIds.Resolve(operation.Data!, _made));
                return new(HttpStatusCode.Created, Location: location, ETag: reply.ETag);
            });
        }

        _incomplete.Clear();
    }

    /// <summary>
    /// Takes back what was made without a reference that then led to nothing: an error must not leave it behind. A group
    /// that was there before and only taken over stays.
    /// </summary>
    private async Task UndoAsync(ResourceEndpoint endpoint, ScimCall own, BulkOperation operation, string version)
    {
        if (version == "W/\"1\"")
        {
            await endpoint.DeleteAsync(own, _made[operation.BulkId]);
            _made.Remove(operation.BulkId);
        }
    }

    private async Task<JsonObject> AnswerAsync(BulkOperation operation, Func<Task<ScimReply>> work)
    {
        var result = new JsonObject { ["method"] = operation.Method };
        if (operation.BulkId.Length > 0)
        {
            result["bulkId"] = operation.BulkId;
        }

        try
        {
            call.Cancellation.ThrowIfCancellationRequested();
            var reply = await work();
            result["location"] = reply.Location;
            if (reply.ETag is not null)
            {
                result["version"] = reply.ETag;
            }

            result["status"] = Text(reply.Status);
        }
        catch (Exception failure) when (!call.Cancellation.IsCancellationRequested)
        {
            var error = await refusals.TranslateAsync(failure, call.Caller,
                $"{operation.Method} {operation.Path.TrimStart('/').Split('/')[0]}", AboutOf(operation), call.Cancellation);
            if (error.Status == HttpStatusCode.Unauthorized && _answered == 0)
            {
                throw;
            }

            _errors++;
            if (operation.Method != "POST" && operation.Fault is null)
            {
                result["location"] = call.BaseUrl + "/" + operation.Path.TrimStart('/');
            }

            result["status"] = Text(error.Status);
            result["response"] = error.ToJson();
        }

        _answered++;
        return result;
    }

    /// <summary>What and whom an operation is about: the resource in its path, or the user name in its data.</summary>
    private (string ResourceId, string UserName) AboutOf(BulkOperation operation)
    {
        var parts = operation.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var endpoint = parts.Length == 0
            ? null
            : endpoints.FirstOrDefault(each => each.Type.Endpoint.Equals("/" + parts[0], StringComparison.OrdinalIgnoreCase));
        return (parts.Length > 1 ? BulkIds.Resolve(parts[1], _made) : "",
            operation.Data is { } data && parts.Length == 1 ? endpoint?.SubjectOf(data) ?? "" : "");
    }

    private ScimCall OwnCall(BulkOperation operation) =>
        call with
        {
            Conditions = Conditions.OfVersion(operation.Version),
            Projection = Projection.Everything,
            WithoutBody =
            true,
            Tolerances = new Tolerances(call.Tolerances)
        };

    private (ResourceEndpoint Endpoint, string Id) Find(BulkOperation operation, string path)
    {
        var relative = path.StartsWith(call.BaseUrl + "/", StringComparison.OrdinalIgnoreCase) ? path[call.BaseUrl.Length..] : path;
        var parts = relative.Split('?')[0].Split('/', StringSplitOptions.RemoveEmptyEntries);
        var endpoint = endpoints.FirstOrDefault(each => parts is [var first, ..]
            && each.Type.Endpoint.Equals("/" + first, StringComparison.OrdinalIgnoreCase));
        if (endpoint is null || parts.Length > 2)
        {
            throw new ScimException(HttpStatusCode.NotFound, null,
                $"There is nothing at {path}. A bulk operation's path is such as /Users or /Users/tea_….",
                    Provisioning.V1.ErrorReason.UnknownMethod);
        }

        return operation.Method == "POST" == (parts.Length == 1)
            ? (endpoint, parts.Length == 2 ? endpoint.CheckId(Uri.UnescapeDataString(parts[1])) : "")
            : throw new ScimException(HttpStatusCode.MethodNotAllowed, null, $"{operation.Method} is not possible at {path}.",
                Provisioning.V1.ErrorReason.UnknownMethod);
    }

    private static ScimException Unresolved(string id) => new(HttpStatusCode.Conflict, null,
        $"The reference bulkId:{id} leads to nothing: no operation of this request has that bulkId, or the one that has it failed.");

    private static string Text(HttpStatusCode status) => ((int)status).ToString(CultureInfo.InvariantCulture);
}
