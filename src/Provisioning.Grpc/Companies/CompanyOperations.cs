using System.Text.Json;
using System.Text.RegularExpressions;
using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Contract;
using Provisioning.Lists;
using Provisioning.Storage;
using Provisioning.Templates;
using Provisioning.V1;
using Provisioning.Writing;
using Kind = Provisioning.V1.Change.Types.Kind;
using Outcome = Provisioning.V1.LogEntry.Types.Outcome;

namespace Provisioning.Companies;

/// <summary>Companies and their plans, for operators.</summary>
internal sealed partial class CompanyOperations(ProvisioningDb db, CoreSettings settings, Writes writes, SealedTokens tokens)
{
    private const string Current = "current";

    public Task<V1.Company> CreateAsync(Caller caller, CreateCompanyRequest request, CancellationToken cancellation) =>
        writes.RunAsync(caller with { CompanyId = null }, new("CreateCompany", request, request.ValidateOnly, request.RequestId), write =>
        {
            var given = request.Company ?? throw Failures.InvalidField("company", "company is required.");
            if (!Slug().IsMatch(given.Slug))
            {
                throw Failures.InvalidField(
                    "slug", "slug must be 1 to 63 lower-case letters, digits and hyphens, and begin and end with a letter or digit.");
            }

            var row = new Company
            {
                Id = write.NewId(ResourceIds.Company),
                Slug = given.Slug,
                DisplayName = DisplayName(given.DisplayName, given.Slug),
                ScimFeature = given.Features?.Scim ?? false,
                TemplatesFeature = given.Features?.Templates ?? false,
                SeatLimit = CheckedLimit(given),
                GroupTakeover = CheckedTakeover(given),
                Version = 1,
                CreateTime = write.Now,
                UpdateTime = write.Now,
            };
            write.OnDuplicate("slug", () => Failures.SlugTaken(row.Slug));
            write.Db.Add(row);
            write.Change(row.Id, Kind.CompanyCreated, row.Id, row.Version, Fields(row).Keys);
            write.Log(Outcome.Done, row.Id, row.DisplayName, [], LogDifference.Between([], Fields(row)), row.Id);
            return Task.FromResult(ToMessage(row, (0, 0)));
        }, cancellation);

    public async Task<V1.Company> GetAsync(Caller caller, string idOrSlug, CancellationToken cancellation)
    {
        var named = idOrSlug == Current ? caller.Company : idOrSlug;
        var row = await db.Set<Company>().AsNoTracking().FirstOrDefaultAsync(row => row.Id == named || row.Slug == named, cancellation);
        if (row is null || !(caller.IsOperator || row.Id == caller.Company))
        {
            throw Failures.CompanyNotFound(idOrSlug);
        }

        return ToMessage(row, await Seats.CountAsync(db, row.Id, cancellation));
    }

    public async Task<ListCompaniesResponse> ListAsync(ListCompaniesRequest request, CancellationToken cancellation)
    {
        var page = Page.Read(tokens, "companies", request.PageSize, request.PageToken, request.Skip);
        var response = new ListCompaniesResponse { TotalSize = await db.Set<Company>().LongCountAsync(cancellation) };
        var rows = await db.Set<Company>().AsNoTracking().Where(row => string.Compare(row.Id, page.After) > 0).OrderBy(row => row.Id)
            .Skip(page.Skip).Take(page.Size + 1).ToListAsync(cancellation);
        (rows, response.NextPageToken) = page.Cut(tokens, "companies", rows, row => row.Id);
        var ids = rows.Select(row => row.Id).ToList();
        var counts = await db.Set<TeammateCount>().Where(row => ids.Contains(row.CompanyId)).GroupBy(row => row.CompanyId)
            .Select(each => new { Id = each.Key, Active = each.Sum(row => row.Active), Blocked = each.Sum(row => row.Blocked) })
            .ToDictionaryAsync(each => each.Id, each => (each.Active, each.Blocked), cancellation);
        response.Companies.AddRange(rows.Select(row => ToMessage(row, counts.GetValueOrDefault(row.Id))));
        return response;
    }

    public Task<V1.Company> UpdateAsync(Caller caller, UpdateCompanyRequest request, CancellationToken cancellation) =>
        writes.RunAsync(caller with { CompanyId = null }, new("UpdateCompany", request, request.ValidateOnly, request.RequestId),
            async write =>
        {
            var given = request.Company?.Clone() ?? throw Failures.InvalidField("company", "company is required.");
            var paths = Masks.Paths(request.UpdateMask, given, "display_name", "features.*", "seat_limit", "group_takeover");
            var row = await write.Db.Set<Company>().FirstOrDefaultAsync(
                each => each.Id == given.Id || each.Slug == given.Id, write.Cancellation)
                ?? throw Failures.CompanyNotFound(given.Id);
            ETag.Check(given.Etag, row.Version);
            var before = Fields(row);
            var target = new V1.Company
            {
                DisplayName = row.DisplayName,
                Features = new() { Scim = row.ScimFeature, Templates = row.TemplatesFeature },
                GroupTakeover = row.GroupTakeover,
            };
            if (row.SeatLimit is { } limit)
            {
                target.SeatLimit = limit;
            }

            foreach (var path in paths)
            {
                Masks.Copy(given, target, path);
            }

            row.DisplayName = DisplayName(target.DisplayName, row.Slug);
            row.ScimFeature = target.Features?.Scim ?? false;
            row.TemplatesFeature = target.Features?.Templates ?? false;
            row.SeatLimit = CheckedLimit(target);
            row.GroupTakeover = CheckedTakeover(target);
            var differences = LogDifference.Between(before, Fields(row));
            if (differences.Count == 0)
            {
                write.Log(Outcome.Unchanged, row.Id, row.DisplayName, companyId: row.Id);
            }
            else
            {
                row.Version++;
                row.UpdateTime = Clock.After(row.UpdateTime, write.Now);
                write.Change(row.Id, Kind.CompanyUpdated, row.Id, row.Version, differences.Select(difference => difference.Attribute));
                write.Log(Outcome.Done, row.Id, row.DisplayName, [], differences, row.Id);
            }

            return ToMessage(row, await Seats.CountAsync(write.Db, row.Id, write.Cancellation));
        }, cancellation);

    private static string DisplayName(string given, string slug) =>
        given.Length == 0 ? slug : TemplateOperations.CheckedName("display_name", given);

    private static long? CheckedLimit(V1.Company given) =>
        !given.HasSeatLimit ? null
        : given.SeatLimit >= 0 ? given.SeatLimit
        : throw Failures.InvalidField("seat_limit", "seat_limit must not be negative; leave it out for any number.");

    private static GroupTakeover CheckedTakeover(V1.Company given) => given.GroupTakeover switch
    {
        GroupTakeover.Unspecified => GroupTakeover.Link,
        GroupTakeover.Link or GroupTakeover.Refuse => given.GroupTakeover,
        _ => throw Failures.InvalidField("group_takeover", "group_takeover must be GROUP_TAKEOVER_LINK or GROUP_TAKEOVER_REFUSE."),
    };

    private static SortedDictionary<string, string> Fields(Company row)
    {
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["displayName"] = JsonSerializer.Serialize(row.DisplayName),
            ["features.scim"] = row.ScimFeature ? "true" : "false",
            ["features.templates"] = row.TemplatesFeature ? "true" : "false",
            ["groupTakeover"] = row.GroupTakeover == GroupTakeover.Refuse ? "\"refuse\"" : "\"link\"",
        };
        if (row.SeatLimit is { } limit)
        {
            fields["seatLimit"] = JsonSerializer.Serialize(limit);
        }

        return fields;
    }

    private V1.Company ToMessage(Company row, (long Active, long Blocked) counts)
    {
        var message = new V1.Company
        {
            Id = row.Id,
            Slug = row.Slug,
            DisplayName = row.DisplayName,
            Features = new() { Scim = row.ScimFeature, Templates = row.TemplatesFeature },
            ScimUrl = settings.ScimUrl,
            ActiveTeammateCount = counts.Active,
            BlockedTeammateCount = counts.Blocked,
            GroupTakeover = row.GroupTakeover == GroupTakeover.Refuse ? GroupTakeover.Refuse : GroupTakeover.Link,
            Version = row.Version,
            Etag = ETag.Of(row.Version),
            CreateTime = row.CreateTime.ToTimestamp(),
            UpdateTime = row.UpdateTime.ToTimestamp(),
        };
        if (row.SeatLimit is { } limit)
        {
            message.SeatLimit = limit;
        }

        return message;
    }

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
    private static partial Regex Slug();
}
