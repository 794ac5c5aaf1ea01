using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Grpc.Net.Client.Web;
using Provisioning.V1;

namespace Provisioning.Client;

/// <summary>
/// Calls Teammate Provisioning with one token. Every failed call throws <see cref="ProvisioningException"/>, whose
/// <see cref="ProvisioningException.Reason"/> says why. Safe to share between threads; make one and keep it.
/// </summary>
public sealed class ProvisioningClient : IDisposable
{
    /// <summary>The largest reply to expect, in bytes: a page of large teammates. Channels of one's own need it as their limit.</summary>
    public const int MaxReceiveMessageSize = 64 * 1024 * 1024;

    private const string CompanyHeader = "x-provisioning-company";
    private readonly GrpcChannel? _channel;
    private readonly CallInvoker _calls;

    /// <summary>Calls through an invoker that somebody else owns, such as one within the same process.</summary>
    /// <param name="invoker">Where calls go.</param>
    /// <param name="authorization">The whole authorization header, such as "Bearer tp_…"; null sends none.</param>
    /// <param name="company">The company, by id or slug, for a token that belongs to none.</param>
    /// <param name="metadata">What else every call carries.</param>
    public ProvisioningClient(CallInvoker invoker, string? authorization, string? company = null, Metadata? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(invoker);
        var headers = metadata ?? [];
        if (authorization is not null)
        {
            headers.Add("authorization", authorization);
        }

        if (company is not null)
        {
            headers.Add(CompanyHeader, company);
        }

        _calls = invoker.Intercept(new ClientCalls(headers));
    }

    private ProvisioningClient(GrpcChannel channel, string token, string? company)
        : this(channel.CreateCallInvoker(), "Bearer " + token, company) => _channel = channel;

    /// <summary>Create, read, update, block, unblock and delete teammates; give templates; watch changes.</summary>
    public TeammateProvisioning.TeammateProvisioningClient Teammates => field ??= new(_calls);

    /// <summary>Teammate groups and their members.</summary>
    public TeammateGroups.TeammateGroupsClient Groups => field ??= new(_calls);

    /// <summary>Teammate templates.</summary>
    public TeammateTemplates.TeammateTemplatesClient Templates => field ??= new(_calls);

    /// <summary>API tokens.</summary>
    public ApiTokens.ApiTokensClient ApiTokens => field ??= new(_calls);

    /// <summary>Identity provider connections.</summary>
    public V1.Connections.ConnectionsClient Connections => field ??= new(_calls);

    /// <summary>Companies, for operators.</summary>
    public V1.Companies.CompaniesClient Companies => field ??= new(_calls);

    /// <summary>The provisioning log.</summary>
    public ProvisioningLog.ProvisioningLogClient Log => field ??= new(_calls);

    /// <summary>Company admins who are signed in to the settings pages.</summary>
    public V1.Sessions.SessionsClient Sessions => field ??= new(_calls);

    /// <summary>Connects over gRPC.</summary>
    /// <param name="address">The core's gRPC address, such as http://127.0.0.1:5081.</param>
    /// <param name="token">An API, service or operator token.</param>
    /// <param name="company">The company, by id or slug, for a token that belongs to none.</param>
    public static ProvisioningClient Connect(Uri address, string token, string? company = null) =>
        new(GrpcChannel.ForAddress(address, new GrpcChannelOptions { MaxReceiveMessageSize = MaxReceiveMessageSize }), token, company);

    /// <summary>Connects over gRPC-Web, where only HTTP/1.1 gets through, to the address that serves JSON too.</summary>
    /// <param name="address">The core's HTTP address, such as http://127.0.0.1:5080.</param>
    /// <param name="token">An API, service or operator token.</param>
    /// <param name="company">The company, by id or slug, for a token that belongs to none.</param>
    public static ProvisioningClient ConnectWeb(Uri address, string token, string? company = null) =>
        new(GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = new GrpcWebHandler(GrpcWebMode.GrpcWeb, new HttpClientHandler()),
            HttpVersion = new Version(1, 1),
            MaxReceiveMessageSize = MaxReceiveMessageSize,
        }), token, company);

    /// <summary>Lists every teammate that meets a filter, page by page as they are asked for.</summary>
    /// <param name="filter">What to list, in SCIM's grammar, such as `active eq true`; empty for all.</param>
    /// <param name="pageSize">How many to fetch at a time.</param>
    /// <param name="cancellation">Ends the walk.</param>
    /// <exception cref="ProvisioningException">INVALID_FILTER, or what every call may fail with.</exception>
    public IAsyncEnumerable<Teammate> ListTeammatesAsync(
        string filter = "", int pageSize = 500, CancellationToken cancellation = default) =>
        Paging.WalkAsync(
            async (token, stop) =>
            {
                var page = await Teammates.ListTeammatesAsync(
                    new() { Filter = filter, PageSize = pageSize, PageToken = token }, cancellationToken: stop);
                return (page.Teammates, page.NextPageToken);
            }, cancellation);

    /// <summary>Lists every teammate group that meets a filter, page by page as they are asked for.</summary>
    /// <param name="filter">What to list, in SCIM's grammar, such as `active eq true`; empty for all.</param>
    /// <param name="cancellation">Ends the walk.</param>
    /// <exception cref="ProvisioningException">INVALID_FILTER, or what every call may fail with.</exception>
    public IAsyncEnumerable<TeammateGroup> ListGroupsAsync(string filter = "", CancellationToken cancellation = default) =>
        Paging.WalkAsync(
            async (token, stop) =>
            {
                var page = await Groups.ListTeammateGroupsAsync(new() { Filter = filter, PageToken = token }, cancellationToken: stop);
                return (page.TeammateGroups, page.NextPageToken);
            }, cancellation);

    /// <summary>Lists every member of a teammate group.</summary>
    /// <param name="groupId">The group.</param>
    /// <param name="cancellation">Ends the walk.</param>
    /// <exception cref="ProvisioningException">GROUP_NOT_FOUND, or what every call may fail with.</exception>
    public IAsyncEnumerable<TeammateGroupMember> ListGroupMembersAsync(string groupId, CancellationToken cancellation = default) =>
        Paging.WalkAsync(
            async (token, stop) =>
            {
                var page = await Groups.ListTeammateGroupMembersAsync(
                    new() { Id = groupId, PageSize = 1_000, PageToken = token }, cancellationToken: stop);
                return (page.Members, page.NextPageToken);
            }, cancellation);

    /// <summary>Lists every teammate template.</summary>
    /// <exception cref="ProvisioningException">What every call may fail with.</exception>
    public IAsyncEnumerable<TeammateTemplate> ListTemplatesAsync(CancellationToken cancellation = default) =>
        Paging.WalkAsync(
            async (token, stop) =>
            {
                var page = await Templates.ListTeammateTemplatesAsync(new() { PageToken = token }, cancellationToken: stop);
                return (page.TeammateTemplates, page.NextPageToken);
            }, cancellation);

    /// <summary>Lists the provisioning log, newest first.</summary>
    /// <param name="resourceId">Only entries about this resource; empty for all.</param>
    /// <param name="cancellation">Ends the walk.</param>
    /// <exception cref="ProvisioningException">What every call may fail with.</exception>
    public IAsyncEnumerable<LogEntry> ListLogEntriesAsync(string resourceId = "", CancellationToken cancellation = default) =>
        Paging.WalkAsync(
            async (token, stop) =>
            {
                var page = await Log.ListLogEntriesAsync(new() { ResourceId = resourceId, PageToken = token }, cancellationToken: stop);
                return (page.LogEntries, page.NextPageToken);
            }, cancellation);

    /// <summary>Closes the connection, if this client opened it.</summary>
    public void Dispose() => _channel?.Dispose();
}
