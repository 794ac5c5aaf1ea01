using Google.Protobuf.WellKnownTypes;
using Provisioning.Access;
using Provisioning.Contract;
using Provisioning.Lists;
using Provisioning.Schemas;
using Provisioning.Storage;
using Provisioning.V1;

namespace Provisioning.Templates;

/// <summary>Templates as others may see them: what a provider's admin picks roles from.</summary>
internal sealed class TemplateNames(Dialect dialect, ListReader lists)
{
    public async Task<ListTeammateTemplateNamesResponse> ListAsync(
        Caller caller, ListTeammateTemplateNamesRequest request, CancellationToken cancellation)
    {
        var source = new ListSource<TeammateTemplateName>(
            ResourceType.Role, "teammate_templates", "p", new NameFilter(dialect, caller))
        {
            Columns = _ => "p.id, p.name, p.version, p.create_time, p.update_time",
            Read = row => new()
            {
                Id = row.GetString(0),
                Name = row.GetString(1),
                Etag = ETag.Of(row.GetInt64(2)),
                CreateTime = row.Time(3).ToTimestamp(),
                UpdateTime = row.Time(4).ToTimestamp(),
            },
            IdOf = name => name.Id,
            SizeOf = name => name.Name.Length,
        };
        var asked = ListRequest.Read(request.PageSize, request.PageToken, request.Skip, request.Filter, request.OrderBy) with
        {
            CountOnly = request.CountOnly,
            ContinueWalk = request.ContinueWalk,
            UndefinedIsAbsent = request.UndefinedIsAbsent,
        };
        var listed = await lists.ReadAsync(caller, source, asked, cancellation);
        var response = new ListTeammateTemplateNamesResponse { NextPageToken = listed.NextToken, TotalSize = listed.Total };
        response.Names.AddRange(listed.Rows);
        return response;
    }

    /// <summary>Where filters find what roles have, on the alias `p`.</summary>
    private sealed class NameFilter(Dialect dialect, Caller caller) : FilterSql(dialect, caller)
    {
        protected override SqlValue Leaf(SearchTarget target) => (target.Attribute.Name, target.Leaf.Name) switch
        {
            ("displayName", _) => new("p.name_folded", Nullable: false),
            ("externalId", _) => new("NULL"),
            ("meta", "created") => new("p.create_time", Nullable: false),
            ("meta", "lastModified") => new("p.update_time", Nullable: false),
            ("meta", "resourceType") => new("'Role'", Nullable: false),
            _ => new("p.id", Nullable: false),
        };

        protected override ValueRows Values(SearchTarget list) =>
            new($"(SELECT '{RoleSchemas.RoleSchema}' AS value) s", "1 = 1", _ => new("s.value", Nullable: false));

        protected override string Ordinal(SearchTarget list) => "s.value";
    }
}
