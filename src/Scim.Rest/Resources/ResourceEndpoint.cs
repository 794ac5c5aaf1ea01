using System.Net;
using System.Text.Json.Nodes;
using Provisioning.Schemas;
using Scim.Lists;
using Scim.Wire;

namespace Scim.Resources;

/// <summary>
/// The SCIM operations on one kind of resource, each one or two calls of the core. They decide nothing, and know nothing
/// of HTTP, so that one is the same alone and in a bulk request. What a kind does not offer is 405.
/// </summary>
internal abstract class ResourceEndpoint(ResourceType type)
{
    /// <summary>The kind of resource.</summary>
    public ResourceType Type { get; } = type;

    /// <summary>The largest body taken, in bytes.</summary>
    public virtual int MaxBytes => ScimBody.MaxBytes;

    /// <summary>Whether it can be read only.</summary>
    public virtual bool IsReadOnly => false;

    /// <summary>Makes a resource.</summary>
    public virtual Task<ScimReply> CreateAsync(ScimCall call, JsonObject body) => throw NotOffered();

    /// <summary>Begins to gather resources that one call of the core makes together; null where each takes a call of its own.</summary>
    public virtual ResourceBatch? NewBatch() => null;

    /// <summary>Reads one.</summary>
    public abstract Task<ScimReply> GetAsync(ScimCall call, string id);

    /// <summary>Reads a page.</summary>
    public abstract Task<ResourceList> ListAsync(ScimCall call, ListQuery query);

    /// <summary>PUT: what is absent is cleared, except what the design leaves alone.</summary>
    public virtual Task<ScimReply> ReplaceAsync(ScimCall call, string id, JsonObject body) => throw NotOffered();

    /// <summary>PATCH: all of its operations, or none.</summary>
    public virtual Task<ScimReply> PatchAsync(ScimCall call, string id, JsonObject body) => throw NotOffered();

    /// <summary>Removes one for good.</summary>
    public virtual Task<ScimReply> DeleteAsync(ScimCall call, string id) => throw NotOffered();

    /// <summary>A resource's address.</summary>
    public string Location(ScimCall call, string id) => $"{call.BaseUrl}{Type.Endpoint}/{id}";

    /// <summary>Answers with a resource, or that the reader has it already.</summary>
    protected static async Task<ScimReply> ShowAsync(ScimCall call, Func<Task<ScimResource>> resource, string version) =>
        call.Conditions.HasAlready(version)
            ? new(HttpStatusCode.NotModified, ETag: ETag(version))
            : new(HttpStatusCode.OK, await resource(), ETag: ETag(version));

    /// <summary>Answers with a resource that is there already.</summary>
    protected static Task<ScimReply> ShowAsync(ScimCall call, ScimResource resource, string version) =>
        ShowAsync(call, () => Task.FromResult(resource), version);

    /// <summary>Answers that a resource was made.</summary>
    protected ScimReply Made(ScimCall call, ScimResource resource, string id, string version) =>
        new(HttpStatusCode.Created, resource, Location(call, id), ETag(version)) { MadeId = id };

    /// <summary>A version as a header and as `meta.version`: weak, since the same version may be shown in several ways.</summary>
    protected static string ETag(string version) => $"W/\"{version}\"";

    private ScimException NotOffered() =>
        new(HttpStatusCode.MethodNotAllowed, null, $"{Type.Name}s can only be read.", Provisioning.V1.ErrorReason.UnknownMethod);
}
