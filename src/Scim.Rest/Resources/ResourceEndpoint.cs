using System.Net;
using System.Text.Json.Nodes;
using Provisioning.Filtering;
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

    /// <summary>
    /// The name by which people know whom a new resource is about, so that the log finds a refusal by it; empty for none.
    /// </summary>
    public virtual string SubjectOf(JsonObject body) => "";

    /// <summary>A resource's address.</summary>
    public string Location(ScimCall call, string id) => $"{call.BaseUrl}{Type.Endpoint}/{id}";

    /// <summary>Answers with a resource, or that the reader has it already.</summary>
    protected async Task<ScimReply> ShowAsync(ScimCall call, Func<Task<ScimResource>> resource, string id, string version) =>
        call.Conditions.HasAlready(version)
            ? new(HttpStatusCode.NotModified, ETag: ETag(version))
            : Shown(call, await resource(), id, version);

    /// <summary>Answers with a resource that is there already.</summary>
    protected Task<ScimReply> ShowAsync(ScimCall call, ScimResource resource, string id, string version) =>
        ShowAsync(call, () => Task.FromResult(resource), id, version);

    /// <summary>Answers with one resource. Its address comes along, as in the examples of RFC 7644.</summary>
    protected ScimReply Shown(ScimCall call, ScimResource resource, string id, string version) =>
        new(HttpStatusCode.OK, resource, Location(call, id), ETag(version));

    /// <summary>Answers that a resource was made.</summary>
    protected ScimReply Made(ScimCall call, ScimResource resource, string id, string version) =>
        new(HttpStatusCode.Created, resource, Location(call, id), ETag(version)) { MadeId = id };

    /// <summary>A version as a header and as `meta.version`: weak, since the same version may be shown in several ways.</summary>
    protected static string ETag(string version) => $"W/\"{version}\"";

    /// <summary>An id from an address. One that no store can hold is nobody's, as any other id that leads nowhere.</summary>
    /// <exception cref="ScimException">404.</exception>
    public string CheckId(string id) => Folding.IsStorable(id) ? id
        : throw new ScimException(HttpStatusCode.NotFound, null,
            $"There is no {Type.Name} with the id {Folding.Storable(id)} in this company.", Provisioning.V1.ErrorReason.UnknownMethod);

    private ScimException NotOffered() =>
        new(HttpStatusCode.MethodNotAllowed, null, $"{Type.Name}s can only be read.", Provisioning.V1.ErrorReason.UnknownMethod);
}
