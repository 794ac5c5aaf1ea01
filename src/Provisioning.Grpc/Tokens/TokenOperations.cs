using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Connections;
using Provisioning.Contract;
using Provisioning.Lists;
using Provisioning.Sessions;
using Provisioning.Storage;
using Provisioning.Templates;
using Provisioning.V1;
using Provisioning.Writing;
using ApiToken = Provisioning.Access.ApiToken;
using Connection = Provisioning.Connections.Connection;
using Kind = Provisioning.V1.Change.Types.Kind;
using Outcome = Provisioning.V1.LogEntry.Types.Outcome;

namespace Provisioning.Tokens;

/// <summary>API tokens of the caller's company: made, listed, revealed, rotated, revoked.</summary>
internal sealed class TokenOperations(
    ProvisioningDb db, Writes writes, TokenDirectory directory, SealedTokens tokens, IDataProtectionProvider protection)
{
    private static readonly TimeSpan Overlap = TimeSpan.FromDays(7), MaxOverlap = TimeSpan.FromDays(90);

    private readonly IDataProtector _protector = protection.CreateProtector("api token values");

    public Task<V1.ApiToken> CreateAsync(Caller caller, CreateApiTokenRequest request, CancellationToken cancellation) =>
        writes.RunAsync(caller, new("CreateApiToken", request, request.ValidateOnly, request.RequestId), async write =>
        {
            var given = request.ApiToken ?? throw Failures.InvalidField("api_token", "api_token is required.");
            var connectionName = given.ConnectionId.Length == 0 ? given.Name
                : await write.Db.Set<Connection>().Where(row => row.CompanyId == write.CompanyId && row.Id == given.ConnectionId)
                    .Select(row => row.Name).SingleOrDefaultAsync(write.Cancellation)
                    ?? throw Failures.UnknownReference("api_token.connection_id", "connection", given.ConnectionId);
            var token = await CreateAsync(
                write, given.Name, given.Scopes, given.ExpireTime?.ToDateTimeOffset(), TokenSecret.New(), connectionName);
            token.Value = request.ValidateOnly ? "" : token.Value;
            return token;
        }, cancellation);

    /// <summary>Makes a company's token within a write that is under way.</summary>
    public async Task<V1.ApiToken> CreateAsync(
        OwnWrite write, string name, IReadOnlyCollection<Scope> scopes, DateTimeOffset? expires, string secret, string connectionName)
    {
        CheckScopes(scopes);
        if (expires <= write.Now)
        {
            throw Failures.InvalidField("expire_time", "expire_time must lie in the future.");
        }

        var checkedName = TemplateOperations.CheckedName("name", name);
        var connection = scopes.Contains(Scope.AutoProvisioning)
            ? (await ConnectionOperations.FindOrAddAsync(write, TemplateOperations.CheckedName("connection", connectionName))).Id
            : null;
        var row = NewRow(write, write.CompanyId, checkedName, scopes, connection, expires, secret);
        write.Db.Add(row);
        write.Change(write.CompanyId, Kind.TokenCreated, row.Id, 1, "name", "scopes");
        write.Log(Outcome.Done, row.Id, row.Name, [], [new LogDifference("scopes", null, JsonSerializer.Serialize(row.Scopes))]);
        var message = await ShowAsync(write.CompanyId, row, write.Cancellation);
        message.Value = secret;
        return message;
    }

    /// <summary>Makes a token in the place of another; for a while both work.</summary>
    public async Task<V1.ApiToken> RotateAsync(Caller caller, RotateApiTokenRequest request, CancellationToken cancellation)
    {
        var overlap = request.Overlap?.ToTimeSpan() ?? Overlap;
        if (overlap < TimeSpan.Zero || overlap > MaxOverlap)
        {
            throw Failures.InvalidField("overlap", $"overlap must be between 0 and {MaxOverlap.TotalDays} days.");
        }

        byte[]? rotated = null;
        var reply = await writes.RunAsync(caller, new("RotateApiToken", request, request.ValidateOnly, request.RequestId), async write =>
        {
            var old = await FindAsync(write, request.Id);
            if (old.RevokeTime is not null || old.ReplacedBy is not null || old.ExpireTime <= write.Now)
            {
                throw Failures.InvalidField("id",
                    $"The token {old.Name} "
                        + (old.ReplacedBy is not null
                            ? "was rotated already: rotate the one that took its place."
                            : "does not work any more: create another."));
            }

            var secret = TokenSecret.New();
            var row = NewRow(write, write.CompanyId, old.Name, old.ScopeList, old.ConnectionId,
                old.ExpireTime is { } end ? write.Now + (end - old.CreateTime) : null, secret);
            write.Db.Add(row);
            (rotated, old.ReplacedBy) = (old.SecretHash, row.Id);
            old.ExpireTime = old.ExpireTime < write.Now + overlap ? old.ExpireTime : write.Now + overlap;
            write.Change(write.CompanyId, Kind.TokenRotated, old.Id, 2, "expireTime", "replacedBy");
            write.Change(write.CompanyId, Kind.TokenCreated, row.Id, 1, "name", "scopes");
            write.Log(Outcome.Done, old.Id, old.Name, [], [new LogDifference("replacedBy", null, JsonSerializer.Serialize(row.Id))]);
            var message = await ShowAsync(write.CompanyId, row, write.Cancellation);
            message.Value = request.ValidateOnly ? "" : secret;
            return message;
        }, cancellation);
        if (rotated is not null && !request.ValidateOnly)
        {
            directory.Forget(rotated);
        }

        return reply;
    }

    /// <summary>Makes a token that belongs to no company: an operator's or an internal service's.</summary>
    public async Task<string> CreateWithoutCompanyAsync(string name, IReadOnlyCollection<Scope> scopes, CancellationToken cancellation)
    {
        var secret = TokenSecret.New();
        await writes.RunAsync(Caller.System(null), new("CreateToken", new Empty(), false, ""), write =>
        {
            write.Db.Add(NewRow(write, null, TemplateOperations.CheckedName("name", name), scopes, null, null, secret));
            return Task.FromResult(new Empty());
        }, cancellation);
        return secret;
    }

    public async Task<V1.ApiToken> GetAsync(Caller caller, string id, CancellationToken cancellation)
    {
        var company = caller.Company;
        return await ShowAsync(company, await db.Set<ApiToken>().AsNoTracking()
            .SingleOrDefaultAsync(row => row.CompanyId == company && row.Id == id, cancellation)
            ?? throw NotFound(id), cancellation);
    }

    public async Task<ListApiTokensResponse> ListAsync(Caller caller, ListApiTokensRequest request, CancellationToken cancellation)
    {
        var company = caller.Company;
        var list = $"tokens/{company}";
        var page = Page.Read(tokens, list, request.PageSize, request.PageToken, request.Skip);
        var all = db.Set<ApiToken>().AsNoTracking().Where(row => row.CompanyId == company);
        var response = new ListApiTokensResponse { TotalSize = await all.LongCountAsync(cancellation) };
        var rows = await all.Where(row => string.Compare(row.Id, page.After) > 0).OrderBy(row => row.Id)
            .Skip(page.Skip).Take(page.Size + 1).ToListAsync(cancellation);
        (rows, response.NextPageToken) = page.Cut(tokens, list, rows, row => row.Id);
        var admins = await AdminNames.OfAsync(db, company, rows.Select(row => row.CreatedBy), cancellation);
        response.ApiTokens.AddRange(rows.Select(row => ToMessage(row, admins)));
        return response;
    }

    public Task<V1.ApiToken> RevealAsync(Caller caller, string id, CancellationToken cancellation) =>
        writes.RunAsync(caller, new("RevealApiToken", new RevealApiTokenRequest { Id = id }, false, ""), async write =>
        {
            var row = await FindAsync(write, id);
            var message = await ShowAsync(write.CompanyId, row, write.Cancellation);
            message.Value = _protector.Unprotect(row.SecretProtected);
            write.Log(Outcome.Done, row.Id, row.Name);
            return message;
        }, cancellation);

    public async Task<V1.ApiToken> RevokeAsync(Caller caller, RevokeApiTokenRequest request, CancellationToken cancellation)
    {
        byte[]? revoked = null;
        var reply = await writes.RunAsync(caller, new("RevokeApiToken", request, request.ValidateOnly, request.RequestId), async write =>
        {
            var row = await FindAsync(write, request.Id);
            revoked = row.SecretHash;
            if (row.RevokeTime is not null)
            {
                write.Log(Outcome.Unchanged, row.Id, row.Name);
                return await ShowAsync(write.CompanyId, row, write.Cancellation);
            }

            row.RevokeTime = write.Now;
            write.Change(write.CompanyId, Kind.TokenRevoked, row.Id, 2, "revokeTime");
            write.Log(Outcome.Done, row.Id, row.Name);
            return await ShowAsync(write.CompanyId, row, write.Cancellation);
        }, cancellation);
        if (revoked is not null && !request.ValidateOnly)
        {
            directory.Forget(revoked);
        }

        return reply;
    }

    private ApiToken NewRow(
        OwnWrite write, string? company, string name, IEnumerable<Scope> scopes, string? connection, DateTimeOffset? expires,
            string secret) => new()
            {
                Id = write.NewId(ResourceIds.Token),
                CompanyId = company,
                Name = name,
                Scopes = ScopeNames.Format(scopes.Distinct()),
                ConnectionId = connection,
                SecretHash = TokenSecret.Hash(secret),
                SecretProtected = _protector.Protect(secret),
                SecretHint = TokenSecret.Hint(secret),
                CreatedBy = write.Caller.IsCompanyAdmin ? write.Caller.TokenId : write.Caller.Name,
                CreateTime = write.Now,
                ExpireTime = expires,
            };

    private static void CheckScopes(IReadOnlyCollection<Scope> scopes)
    {
        if (scopes.Count == 0 || scopes.Any(scope => scope is Scope.Unspecified or Scope.Operator || !System.Enum.IsDefined(scope)))
        {
            var choice = string.Join(", ", ScopeNames.All.Where(name => name != ScopeNames.NameOf(Scope.Operator)));
            throw Failures.InvalidField("scopes", $"scopes must name at least one of {choice}.");
        }
    }

    private static async Task<ApiToken> FindAsync(OwnWrite write, string id) =>
        await write.Db.Set<ApiToken>().SingleOrDefaultAsync(
            row => row.CompanyId == write.CompanyId && row.Id == id, write.Cancellation) ?? throw NotFound(id);

    private static RpcException NotFound(string id) => Failures.NotFound(ErrorReason.TokenNotFound, "API token", id);

    private async Task<V1.ApiToken> ShowAsync(string company, ApiToken row, CancellationToken cancellation) =>
        ToMessage(row, await AdminNames.OfAsync(db, company, [row.CreatedBy], cancellation));

    private static V1.ApiToken ToMessage(ApiToken row, IReadOnlyDictionary<string, string> admins) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Scopes = { row.ScopeList },
        ConnectionId = row.ConnectionId ?? "",
        ExpireTime = row.ExpireTime?.ToTimestamp(),
        LastUseTime = row.LastUseTime?.ToTimestamp(),
        RevokeTime = row.RevokeTime?.ToTimestamp(),
        CreateTime = row.CreateTime.ToTimestamp(),
        CreatedBy = AdminNames.IsAdmin(row.CreatedBy) ? admins.GetValueOrDefault(row.CreatedBy, AdminNames.Former) : row.CreatedBy,
        ReplacedBy = row.ReplacedBy ?? "",
        ValueHint = row.SecretHint,
    };
}
