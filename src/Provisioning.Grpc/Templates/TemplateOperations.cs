using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Lists;
using Provisioning.Storage;
using Provisioning.V1;
using Provisioning.Writing;
using Kind = Provisioning.V1.Change.Types.Kind;
using Outcome = Provisioning.V1.LogEntry.Types.Outcome;
using TeammateGroup = Provisioning.Groups.TeammateGroup;

namespace Provisioning.Templates;

/// <summary>Templates of the caller's company: saved, edited into new versions, never applied behind anybody's back.</summary>
internal sealed class TemplateOperations(ProvisioningDb db, StorageConnections connections, Writes writes, SealedTokens tokens)
{
    private const int MaxName = 200, MaxContents = 256 * 1024;

    public Task<V1.TeammateTemplate> CreateAsync(Caller caller, CreateTeammateTemplateRequest request, CancellationToken cancellation) =>
        writes.RunAsync(caller, new("CreateTeammateTemplate", request, request.ValidateOnly, request.RequestId), async write =>
        {
            var given = request.TeammateTemplate ?? throw Failures.InvalidField("teammate_template", "teammate_template is required.");
            return await CreateAsync(write, given);
        }, cancellation);

    /// <summary>Saves a template within a write that is under way.</summary>
    public static async Task<V1.TeammateTemplate> CreateAsync(OwnWrite write, V1.TeammateTemplate given)
    {
        var template = new TeammateTemplate
        {
            CompanyId = write.CompanyId,
            Id = write.NewId(ResourceIds.Template),
            Name = "",
            NameFolded = "",
            Contents = "",
            Version = 1,
            CreateTime = write.Now,
            UpdateTime = write.Now,
        };
        await StoreAsync(write, template, given.Name, given.Contents ?? new());
        write.Db.Add(template);
        write.Change(write.CompanyId, Kind.TemplateCreated, template.Id, template.Version, "name", "contents");
        write.Log(Outcome.Done, template.Id, template.Name, [], Differences("", "", template));
        return ToMessage(template, 0);
    }

    public async Task<V1.TeammateTemplate> GetAsync(Caller caller, GetTeammateTemplateRequest request, CancellationToken cancellation)
    {
        var company = caller.Company;
        var row = await db.Set<TeammateTemplate>().AsNoTracking()
            .SingleOrDefaultAsync(row => row.CompanyId == company && row.Id == request.Id, cancellation)
            ?? throw Failures.TemplateNotFound(request.Id);
        var message = ToMessage(row, (await CountAsync(company, [row.Id], cancellation)).GetValueOrDefault(row.Id));
        if (request.Version == 0 || request.Version == row.Version)
        {
            return message;
        }

        var version = await db.Set<TeammateTemplateVersion>().AsNoTracking().SingleOrDefaultAsync(
            each => each.CompanyId == company && each.TemplateId == row.Id && each.Version == request.Version, cancellation)
            ?? throw Failures.TemplateNotFound($"{request.Id} version {request.Version}");
        message.Name = version.Name;
        message.Contents = TemplateContents.Parser.ParseJson(version.Contents);
        message.Version = version.Version;
        message.UpdateTime = version.CreateTime.ToTimestamp();
        return message;
    }

    public async Task<ListTeammateTemplatesResponse> ListAsync(
        Caller caller, ListTeammateTemplatesRequest request, CancellationToken cancellation)
    {
        var company = caller.Company;
        var list = $"templates/{company}";
        var page = Page.Read(tokens, list, request.PageSize, request.PageToken, request.Skip);
        var all = db.Set<TeammateTemplate>().AsNoTracking().Where(row => row.CompanyId == company);
        var response = new ListTeammateTemplatesResponse { TotalSize = await all.LongCountAsync(cancellation) };
        var rows = await all.Where(row => string.Compare(row.Id, page.After) > 0).OrderBy(row => row.Id)
            .Skip(page.Skip).Take(page.Size + 1).ToListAsync(cancellation);
        (rows, response.NextPageToken) = page.Cut(tokens, list, rows, row => row.Id);
        var ids = rows.Select(row => row.Id).ToList();
        var counts = await CountAsync(company, ids, cancellation);
        response.TeammateTemplates.AddRange(rows.Select(row => ToMessage(row, counts.GetValueOrDefault(row.Id))));
        return response;
    }

    public Task<V1.TeammateTemplate> UpdateAsync(Caller caller, UpdateTeammateTemplateRequest request, CancellationToken cancellation) =>
        writes.RunAsync(caller, new("UpdateTeammateTemplate", request, request.ValidateOnly, request.RequestId), async write =>
        {
            var given = request.TeammateTemplate?.Clone() ?? throw Failures.InvalidField(
                "teammate_template", "teammate_template is required.");
            var paths = Masks.Paths(request.UpdateMask, given, "name", "contents.*");
            var row = await FindAsync(write, given.Id);
            ETag.Check(given.Etag, row.Version);
            var target = new V1.TeammateTemplate { Name = row.Name, Contents = TemplateContents.Parser.ParseJson(row.Contents) };
            foreach (var path in paths)
            {
                Masks.Copy(given, target, path);
            }

            var (name, contents) = (row.Name, row.Contents);
            if (target.Name == name && StoredTemplates.Store(target.Contents ?? new()) == contents)
            {
                write.Log(Outcome.Unchanged, row.Id, name);
                return ToMessage(row, await CountAsync(write, row.Id));
            }

            row.Version++;
            row.UpdateTime = Clock.After(row.UpdateTime, write.Now);
            await StoreAsync(write, row, target.Name, target.Contents ?? new());
            var differences = Differences(name, contents, row);
            write.Change(
                write.CompanyId, Kind.TemplateUpdated, row.Id, row.Version, differences.Select(difference => difference.Attribute));
            write.Log(Outcome.Done, row.Id, row.Name, [], differences);
            return ToMessage(row, await CountAsync(write, row.Id));
        }, cancellation);

    public Task<Empty> DeleteAsync(Caller caller, DeleteTeammateTemplateRequest request, CancellationToken cancellation) =>
        writes.RunAsync(caller, new("DeleteTeammateTemplate", request, request.ValidateOnly, request.RequestId), async write =>
        {
            var row = await FindAsync(write, request.Id);
            ETag.Check(request.Etag, row.Version);
            write.Db.RemoveRange(await write.Db.Set<TeammateTemplateVersion>()
                .Where(version => version.CompanyId == write.CompanyId && version.TemplateId == row.Id).ToListAsync(write.Cancellation));
            write.Db.Remove(row);
            write.Change(write.CompanyId, Kind.TemplateDeleted, row.Id, row.Version + 1);
            write.Log(Outcome.Done, row.Id, row.Name);
            return new Empty();
        }, cancellation);

    private static async Task<TeammateTemplate> FindAsync(OwnWrite write, string id) =>
        await write.Db.Set<TeammateTemplate>().SingleOrDefaultAsync(
            row => row.CompanyId == write.CompanyId && row.Id == id, write.Cancellation)
        ?? throw Failures.TemplateNotFound(id);

    private static async Task<long> CountAsync(OwnWrite write, string id)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        await write.RunAsync(Count(write.Dialect, write.CompanyId, [id], counts));
        return counts.GetValueOrDefault(id);
    }

    private async Task<Dictionary<string, long>> CountAsync(string company, IReadOnlyCollection<string> ids, CancellationToken cancellation)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        await connections.RunAsync([Count(db.Dialect, company, ids, counts)], cancellation);
        return counts;
    }

    /// <summary>Counts who has each of the templates; nothing for one that nobody has.</summary>
    private static Statement Count(
        Dialect dialect, string company, IReadOnlyCollection<string> ids, Dictionary<string, long> counts) => Statement.Each(
        $"SELECT template_id, COUNT(*) FROM teammates WHERE company_id = $1 AND {dialect.In("template_id", "$2")} GROUP BY "
            + "template_id",
        row => counts.Add(row.GetString(0), row.GetInt64(1)), company, dialect.TextsOf(ids));

    private static async Task StoreAsync(OwnWrite write, TeammateTemplate row, string name, TemplateContents contents)
    {
        row.Name = CheckedName("name", name);
        row.NameFolded = Folding.Fold(row.Name);
        row.Contents = StoredTemplates.Store(contents);
        if (row.Contents.Length > MaxContents || !Folding.IsStorable(row.Contents)
            || row.Contents.Contains("\\u0000", StringComparison.Ordinal))
        {
            throw Failures.InvalidField("contents", $"contents must be at most {MaxContents / 1024} KB, without U+0000.");
        }

        await CheckGroupsAsync(write, contents);
        write.OnDuplicate("name_folded", () => Failures.TemplateNameTaken(row.Name));
        write.Db.Add(new TeammateTemplateVersion
        {
            CompanyId = row.CompanyId,
            TemplateId = row.Id,
            Version = row.Version,
            Name = row.Name,
            Contents = row.Contents,
            CreateTime = row.UpdateTime,
        });
    }

    /// <summary>A name that people give to something: 1 to 200 characters, not blank.</summary>
    public static string CheckedName(string field, string name) =>
        !string.IsNullOrWhiteSpace(name) && name.Length <= MaxName && Folding.IsStorable(name)
            ? name.Trim()
            : throw Failures.InvalidField(field, $"{field} must have 1 to {MaxName} characters.");

    private static async Task CheckGroupsAsync(OwnWrite write, TemplateContents contents)
    {
        var known = contents.TeammateGroupIds.Count == 0 ? [] : await write.Db.Set<TeammateGroup>()
            .Where(row => row.CompanyId == write.CompanyId && contents.TeammateGroupIds.Contains(row.Id))
            .Select(row => row.Id).ToListAsync(write.Cancellation);
        if (contents.TeammateGroupIds.Except(known).FirstOrDefault() is { } unknown)
        {
            throw Failures.UnknownReference(
                $"contents.teammate_group_ids[{contents.TeammateGroupIds.IndexOf(unknown)}]", "teammate group", unknown);
        }
    }

    private static IReadOnlyList<LogDifference> Differences(string name, string contents, TeammateTemplate row)
    {
        var before = Fields(name, contents);
        var after = Fields(row.Name, row.Contents);
        return LogDifference.Between(before, after);
    }

    private static SortedDictionary<string, string> Fields(string name, string contents)
    {
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (name.Length > 0)
        {
            fields["name"] = Json.ProfileJson.WriteRaw(System.Text.Json.Nodes.JsonValue.Create(name));
        }

        foreach (var (field, value) in contents.Length == 0 ? [] : (System.Text.Json.Nodes.JsonObject)Json.ProfileJson.ParseRaw(contents)!)
        {
            fields["contents." + field] = Json.ProfileJson.WriteRaw(value);
        }

        return fields;
    }

    private static V1.TeammateTemplate ToMessage(TeammateTemplate row, long teammates) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Contents = TemplateContents.Parser.ParseJson(row.Contents),
        Version = row.Version,
        TeammateCount = teammates,
        Etag = ETag.Of(row.Version),
        CreateTime = row.CreateTime.ToTimestamp(),
        UpdateTime = row.UpdateTime.ToTimestamp(),
    };
}
