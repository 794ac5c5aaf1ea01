using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Lists;
using Provisioning.Storage;
using Provisioning.Teammates;
using Provisioning.V1;
using Provisioning.Writing;
using Company = Provisioning.Companies.Company;
using Outcome = Provisioning.V1.LogEntry.Types.Outcome;
using Session = Provisioning.Access.Session;
using SignInLink = Provisioning.Access.SignInLink;
using State = Provisioning.V1.Teammate.Types.State;
using Teammate = Provisioning.Teammates.Teammate;

namespace Provisioning.Sessions;

/// <summary>Company admins sign in by a link, and are listed and signed out. SAML comes to stand beside the link.</summary>
internal sealed class SessionOperations(ProvisioningDb db, CoreSettings settings, Writes writes, SealedTokens tokens, TimeProvider time)
{
    private const string Current = "current";

    /// <summary>Makes a link by which a company admin signs in.</summary>
    public Task<V1.SignInLink> CreateLinkAsync(Caller caller, CreateSignInLinkRequest request, CancellationToken cancellation) =>
        writes.RunAsync(caller, new("CreateSignInLink", request, request.ValidateOnly, RequestId: ""), async write =>
        {
            var teammate = await TeammateWrites.FindAsync(write, request.TeammateId);
            CheckAdmin(teammate);
            var (secret, expires) = (SessionSecret.New(), write.Now + SessionTimes.Link);
            write.Db.Add(new SignInLink
            {
                SecretHash = SessionSecret.Hash(secret)!,
                CompanyId = write.CompanyId,
                TeammateId =
                teammate.Id,
                ExpireTime = expires
            });
            write.Log(Outcome.Done, teammate.Id, PersonNames.Of(teammate.Profile, teammate.UserName));
            return new V1.SignInLink
            {
                TeammateId = teammate.Id,
                Url = request.ValidateOnly ? "" : $"{settings.PagesUrl}/sign-in#{secret}",
                ExpireTime = expires.ToTimestamp(),
            };
        }, cancellation);

    /// <summary>Opens a session by a link, which is used up.</summary>
    /// <returns>The session, and the secret for the browser's cookie.</returns>
    public async Task<(V1.Session Session, string Secret)> CreateAsync(CreateSessionRequest request, CancellationToken cancellation)
    {
        var hash = SessionSecret.Hash(request.SignInSecret) ?? throw Failures.SignInLinkInvalid();
        var link = await db.Set<SignInLink>().AsNoTracking().SingleOrDefaultAsync(
            row => row.SecretHash == hash, cancellation) ?? throw Failures.SignInLinkInvalid();
        var secret = SessionSecret.New();
        var session = await writes.RunAsync(
            Caller.Admin(link.CompanyId, link.TeammateId, "", []), new("CreateSession", new Empty(), request.ValidateOnly, RequestId: ""),
                async write =>
        {
            // Locked before its link goes, as by whoever blocks it.
            var teammate = await TeammateWrites.FindAsync(write, link.TeammateId);
            if (await write.Db.Set<SignInLink>().Where(row => row.SecretHash == hash && row.ExpireTime > write.Now)
                .ExecuteDeleteAsync(write.Cancellation) == 0)
            {
                throw Failures.SignInLinkInvalid();
            }

            CheckAdmin(teammate);
            var row = new Session
            {
                CompanyId = write.CompanyId,
                Id = write.NewId(ResourceIds.Session),
                SecretHash = SessionSecret.Hash(secret)!,
                TeammateId = teammate.Id,
                CreateTime = write.Now,
                LastUseTime = write.Now,
                ExpireTime = write.Now + SessionTimes.Absolute,
            };
            write.Db.Add(row);
            write.Log(Outcome.Done, teammate.Id, PersonNames.Of(teammate.Profile, teammate.UserName));
            return ToMessage(row, teammate, write.Company.DisplayName, row.Id);
        }, cancellation);
        return (session, secret);
    }

    public async Task<V1.Session> GetAsync(Caller caller, string id, CancellationToken cancellation)
    {
        var wanted = Named(caller, id);
        var found = await Alive(caller).Where(each => each.Session.Id == wanted)
            .SingleOrDefaultAsync(cancellation) ?? throw Failures.SessionNotFound(id);
        return ToMessage(found.Session, found.Teammate, await CompanyNameAsync(caller, cancellation), caller.SessionId);
    }

    public async Task<ListSessionsResponse> ListAsync(Caller caller, ListSessionsRequest request, CancellationToken cancellation)
    {
        var list = $"sessions/{caller.Company}/{request.TeammateId}";
        var page = Page.Read(tokens, list, request.PageSize, request.PageToken, 0);
        var rows = Alive(caller);
        rows = request.TeammateId.Length == 0 ? rows : rows.Where(each => each.Session.TeammateId == request.TeammateId);
        rows = page.After.Length == 0 ? rows : rows.Where(each => string.Compare(each.Session.Id, page.After) < 0);
        var found = await rows.OrderByDescending(each => each.Session.Id).Take(page.Size + 1).ToListAsync(cancellation);
        var response = new ListSessionsResponse();
        (found, response.NextPageToken) = page.Cut(tokens, list, found, each => each.Session.Id);
        var company = await CompanyNameAsync(caller, cancellation);
        response.Sessions.AddRange(found.Select(each => ToMessage(each.Session, each.Teammate, company, caller.SessionId)));
        return response;
    }

    public Task<Empty> DeleteAsync(Caller caller, DeleteSessionRequest request, CancellationToken cancellation) =>
        writes.RunAsync(caller, new("DeleteSession", request, request.ValidateOnly, request.RequestId), async write =>
        {
            var id = Named(caller, request.Id);
            var session = await write.Db.Set<Session>().SingleOrDefaultAsync(
                row => row.CompanyId == write.CompanyId && row.Id == id, write.Cancellation)
                ?? throw Failures.SessionNotFound(request.Id);
            var teammate = await TeammateWrites.FindAsync(write, session.TeammateId);
            write.Db.Remove(session);
            write.Log(Outcome.Done, teammate.Id, PersonNames.Of(teammate.Profile, teammate.UserName));
            return new Empty();
        }, cancellation);

    private static string Named(Caller caller, string id) => id == Current ? caller.SessionId : Folding.IsStorable(id) ? id : "";

    private IQueryable<Signed> Alive(Caller caller)
    {
        var (company, now) = (caller.Company, Clock.Now(time));
        var unused = now - SessionTimes.Idle;
        return from session in db.Set<Session>().AsNoTracking()
               where session.CompanyId == company && session.ExpireTime > now && session.LastUseTime > unused
               join teammate in db.Set<Teammate>() on new
               {
                   session.CompanyId,
                   Id =
                   session.TeammateId
               } equals new { teammate.CompanyId, teammate.Id }
               select new Signed { Session = session, Teammate = teammate };
    }

    private Task<string> CompanyNameAsync(Caller caller, CancellationToken cancellation) =>
        db.Set<Company>().Where(row => row.Id == caller.Company).Select(row => row.DisplayName).SingleAsync(cancellation);

    private static void CheckAdmin(Teammate teammate)
    {
        if (!teammate.CompanyAdmin || teammate.State != State.Active)
        {
            throw Failures.NotCompanyAdmin(teammate.UserName);
        }
    }

    private static V1.Session ToMessage(Session session, Teammate teammate, string company, string current) => new()
    {
        Id = session.Id,
        TeammateId = teammate.Id,
        UserName = teammate.UserName,
        DisplayName = TeammateContent.ReadProfile(teammate) is { DisplayName.Length: > 0 } profile ? profile.DisplayName
            : teammate.UserName,
        CompanyId = session.CompanyId,
        CompanyDisplayName = company,
        CreateTime = session.CreateTime.ToTimestamp(),
        LastUseTime = session.LastUseTime.ToTimestamp(),
        ExpireTime = session.ExpireTime.ToTimestamp(),
        Current = session.Id == current,
    };

    private sealed class Signed
    {
        public required Session Session { get; init; }
        public required Teammate Teammate { get; init; }
    }
}
