using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Lists;
using Provisioning.Storage;
using Provisioning.V1;
using Provisioning.Writing;
using ApiToken = Provisioning.Access.ApiToken;
using Kind = Provisioning.V1.Change.Types.Kind;
using Outcome = Provisioning.V1.LogEntry.Types.Outcome;

namespace Provisioning.Connections;

/// <summary>Identity provider connections of the caller's company.</summary>
internal sealed class ConnectionOperations(ProvisioningDb db, Writes writes, TokenDirectory directory, SealedTokens tokens)
{
    public async Task<V1.Connection> GetAsync(Caller caller, string id, CancellationToken cancellation)
    {
        var company = caller.Company;
        var row = await db.Set<Connection>().AsNoTracking().SingleOrDefaultAsync(
            row => row.CompanyId == company && row.Id == id, cancellation) ?? throw NotFound(id);
        return ToMessage(row, await UsesAsync(company, [id], cancellation));
    }

    public async Task<ListConnectionsResponse> ListAsync(Caller caller, ListConnectionsRequest request, CancellationToken cancellation)
    {
        var company = caller.Company;
        var list = $"connections/{company}";
        var page = Page.Read(tokens, list, request.PageSize, request.PageToken, request.Skip);
        var all = db.Set<Connection>().AsNoTracking().Where(row => row.CompanyId == company);
        var response = new ListConnectionsResponse { TotalSize = await all.LongCountAsync(cancellation) };
        var rows = await all.Where(row => string.Compare(row.Id, page.After) > 0).OrderBy(row => row.Id)
            .Skip(page.Skip).Take(page.Size + 1).ToListAsync(cancellation);
        (rows, response.NextPageToken) = page.Cut(tokens, list, rows, row => row.Id);
        var uses = await UsesAsync(company, [.. rows.Select(row => row.Id)], cancellation);
        response.Connections.AddRange(rows.Select(row => ToMessage(row, uses)));
        return response;
    }

    public async Task<V1.Connection> UpdateAsync(Caller caller, UpdateConnectionRequest request, CancellationToken cancellation)
    {
        var updated = await writes.RunAsync(
            caller, new("UpdateConnection", request, request.ValidateOnly, request.RequestId), async write =>
        {
            var given = request.Connection ?? throw Failures.InvalidField("connection", "connection is required.");
            var paths = Masks.Paths(request.UpdateMask, given, "strict");
            var row = await FindAsync(write, given.Id);
            ETag.Check(given.Etag, row.Version);
            if (paths.Count == 0 || given.Strict == row.Strict)
            {
                write.Log(Outcome.Unchanged, row.Id, row.Name);
                return ToMessage(row, await UsesAsync(write.CompanyId, [row.Id], write.Cancellation));
            }

            var before = row.Strict;
            row.Strict = given.Strict;
            row.Version++;
            row.UpdateTime = Clock.After(row.UpdateTime, write.Now);
            write.Change(write.CompanyId, Kind.ConnectionUpdated, row.Id, row.Version, "strict");
            write.Log(Outcome.Done, row.Id, row.Name, [],
                [new LogDifference("strict", before ? "true" : "false", row.Strict ? "true" : "false")]);
            return ToMessage(row, await UsesAsync(write.CompanyId, [row.Id], write.Cancellation));
        }, cancellation);
        var company = caller.Company;
        foreach (var hash in await db.Set<ApiToken>().Where(row => row.CompanyId == company && row.ConnectionId == updated.Id)
            .Select(row => row.SecretHash).ToListAsync(cancellation))
        {
            directory.Forget(hash);
        }

        return updated;
    }

    /// <summary>The connection of the write's company with an id.</summary>
    private static async Task<Connection> FindAsync(OwnWrite write, string id) =>
        await write.Db.Set<Connection>().SingleOrDefaultAsync(row => row.CompanyId == write.CompanyId && row.Id == id, write.Cancellation)
        ?? throw NotFound(id);

    /// <summary>The connection of the write's company with a name, made where there is none.</summary>
    public static async Task<Connection> FindOrAddAsync(OwnWrite write, string name)
    {
        var folded = Folding.Fold(name);
        var row = await write.Db.Set<Connection>().SingleOrDefaultAsync(
            each => each.CompanyId == write.CompanyId && each.NameFolded == folded, write.Cancellation);
        if (row is null)
        {
            row = new()
            {
                CompanyId = write.CompanyId,
                Id = write.NewId(ResourceIds.Connection),
                Name = name,
                NameFolded = folded,
                Version = 1,
                CreateTime = write.Now,
                UpdateTime = write.Now,
            };
            write.Db.Add(row);
            write.Change(write.CompanyId, Kind.ConnectionCreated, row.Id, row.Version, "name");
        }

        return row;
    }

    private static RpcException NotFound(string id) => Failures.NotFound(ErrorReason.ConnectionNotFound, "connection", id);

    /// <summary>When tokens of connections were first and last used; nothing for one whose tokens never were.</summary>
    private Task<Dictionary<string, (DateTimeOffset? First, DateTimeOffset? Last)>> UsesAsync(string company,
        IReadOnlyList<string> connections, CancellationToken cancellation) =>
        db.Set<ApiToken>().Where(row => row.CompanyId == company && row.ConnectionId != null && connections.Contains(row.ConnectionId))
            .GroupBy(row => row.ConnectionId!)
                .Select(rows => new { Id = rows.Key, First = rows.Min(row => row.FirstUseTime), Last = rows.Max(row => row.LastUseTime) })
            .ToDictionaryAsync(each => each.Id, each => (each.First, each.Last), cancellation);

    private static V1.Connection ToMessage(
        Connection row, IReadOnlyDictionary<string, (DateTimeOffset? First, DateTimeOffset? Last)> uses) =>
        new()
        {
            Id = row.Id,
            Name = row.Name,
            Strict = row.Strict,
            Version = row.Version,
            Etag = ETag.Of(row.Version),
            CreateTime = row.CreateTime.ToTimestamp(),
            UpdateTime = row.UpdateTime.ToTimestamp(),
            FirstUseTime = uses.GetValueOrDefault(row.Id).First?.ToTimestamp(),
            LastUseTime = uses.GetValueOrDefault(row.Id).Last?.ToTimestamp(),
            FirstTeammateId = row.FirstTeammateId ?? "",
        };
}
