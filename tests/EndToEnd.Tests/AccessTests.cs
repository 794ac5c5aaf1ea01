using System.Reflection;
using EndToEnd.Harness;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Provisioning.Client;
using Provisioning.V1;

namespace EndToEnd;

/// <summary>Walks every rpc of the contract, so that a new one cannot be forgotten.</summary>
public sealed class AccessTests
{
    private static readonly MethodDescriptor[] Methods =
    [
        .. typeof(Teammate).Assembly.GetTypes()
            .Select(type => type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null))
                .OfType<ServiceDescriptor>()
            .Where(service => service.File.Package == "provisioning.v1").SelectMany(service => service.Methods),
    ];

    public static TheoryData<string> Rpcs() => [.. Methods.Select(method => method.FullName)];

    [Theory, MemberData(nameof(Rpcs))]
    public void every_rpc_declares_its_scope_and_route_and_is_a_write_that_can_be_previewed_or_a_read(string rpc)
    {
        var method = Find(rpc);

        var access = method.GetOptions().GetExtension(AccessExtensions.Access);
        Assert.True(access is { AnyToken: true } or { Anonymous: true } or { AnyOf.Count: > 0 }, "it declares no scope");
        Assert.DoesNotContain(Scope.Unspecified, access.AnyOf);
        Assert.NotNull(method.GetOptions().GetExtension(Google.Api.AnnotationsExtensions.Http));
        string[] free = ["Get", "BatchGet", "List", "Count", "Search", "Watch", "Stream", "Reveal", "Report"];
        if (!free.Any(verb => method.Name.StartsWith(verb, StringComparison.Ordinal)))
        {
            Assert.NotNull(method.InputType.FindFieldByName("validate_only"));
            Assert.NotNull(method.InputType.FindFieldByName("request_id"));
        }
    }

    [Theory, Everywhere]
    public async Task every_rpc_refuses_a_token_without_its_scope_and_a_call_without_a_token(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        foreach (var method in Methods.Where(method => !method.GetOptions().GetExtension(AccessExtensions.Access).Anonymous))
        {
            var access = method.GetOptions().GetExtension(AccessExtensions.Access);
            var others = Enum.GetValues<Scope>()
                .Where(scope => scope is not (Scope.Unspecified or Scope.Operator) && !access.AnyOf.Contains(scope)).ToArray();
            using var without = tenant.Client((await tenant.NewTokenAsync($"all but {method.Name}", others)).Value);
            await Expect.RefusedAsync(ErrorReason.ScopeMissing, () => CallAsync(without, method, "x"));
            using var nobody = new ProvisioningClient(Global.Channel(tenant.Service.Grpc), null);
            await Expect.RefusedAsync(ErrorReason.TokenMissing, () => CallAsync(nobody, method, "x"));
        }
    }

    [Theory, Everywhere]
    public async Task ids_of_another_company_are_unknown_to_every_rpc(Setup setup)
    {
        var (mine, theirs) = (await setup.TenantAsync(), await setup.TenantAsync());
        var teammate = await theirs.NewTeammateAsync();
        var template = await theirs.NewTemplateAsync("Theirs");
        var group = await theirs.Operated.Groups.CreateTeammateGroupAsync(
            new() { TeammateGroup = new() { DisplayName = "Theirs" }, MemberIds = { teammate.Id } });
        teammate = await theirs.Operated.Teammates.GetTeammateAsync(new() { Id = teammate.Id });
        var token = (await theirs.Person.ApiTokens.ListApiTokensAsync(new())).ApiTokens[0];
        var connection = (await theirs.Person.Connections.ListConnectionsAsync(new())).Connections[0];
        var ids = new Dictionary<string, string>
        {
            ["TeammateProvisioning"] = teammate.Id,
            ["TeammateGroups"] = group.Id,
            ["TeammateTemplates"] = template.Id,
            ["ApiTokens"] = token.Id,
            ["Connections"] = connection.Id,
            ["Sessions"] = (await (await Browser.SignInAsync(theirs, "admin@x")).Client.Sessions.GetSessionAsync(
                new() { Id = "current" })).Id,
        };
        foreach (var method in Methods.Where(method => ids.ContainsKey(method.Service.Name) && NamesResource(method)))
        {
            var refusal = await Assert.ThrowsAsync<ProvisioningException>(() => CallAsync(mine.Operated, method, ids[method.Service.Name]));
            Assert.True(refusal.StatusCode == StatusCode.NotFound, $"{method.Name}: {refusal.Message}");
        }

        var own = await mine.NewTeammateAsync();
        await Expect.RefusedAsync(ErrorReason.InvalidField,
            async () => await mine.Person.Teammates.AssignTemplateAsync(new() { Id = own.Id, TemplateId = template.Id }));
        await Expect.RefusedAsync(ErrorReason.InvalidField, async () => await mine.Person.ApiTokens.CreateApiTokenAsync(new()
        {
            ApiToken = new() { Name = "x", Scopes = { Scope.AutoProvisioning }, ConnectionId = connection.Id },
        }));
        Assert.Empty((await mine.Person.Teammates.ListTeammatesAsync(new() { Filter = $"id eq \"{teammate.Id}\"" })).Teammates);
        Assert.All(await mine.LogAsync(teammate.Id),
            entry => Assert.Equal(("", ErrorReason.TeammateNotFound), (entry.ResourceName, entry.Reason)));
        foreach (var (verb, body) in ((string, string?)[])[
            ("GET", null), ("PUT", """{"userName":"x"}"""), ("PATCH", """{"Operations":[{"op":"replace","value":{"active":false}}]}"""),
                ("PATCH", """{"Operations":[{"op":"replace","value":{"title":"x"}}]}"""), ("DELETE", null)])
        {
            Assert.Equal(404, (int)(await mine.ScimAsync(verb, $"/Users/{teammate.Id}", body)).Status);
        }

        foreach (var (verb, body) in ((string, string?)[])[
            ("GET", null), ("PUT", """{"displayName":"x"}"""),
                ("PATCH", """{"Operations":[{"op":"replace","path":"members","value":[]}]}"""), ("DELETE", null)])
        {
            Assert.Equal(404, (int)(await mine.ScimAsync(verb, $"/Groups/{group.Id}", body)).Status);
        }

        Assert.Equal(404, (int)(await mine.ScimAsync("GET", $"/Roles/{template.Id}")).Status);
        Assert.Equal(teammate, await theirs.Operated.Teammates.GetTeammateAsync(new() { Id = teammate.Id }));
    }

    [Theory, Everywhere(OnlyEngines = true)]
    public async Task a_company_reads_its_own_plan_alone(Setup setup)
    {
        var (mine, theirs) = (await setup.TenantAsync(seats: 7), await setup.TenantAsync());
        await mine.NewTeammateAsync();

        foreach (var name in (string[])["current", mine.Company.Id, mine.Company.Slug])
        {
            var read = await mine.Person.Companies.GetCompanyAsync(new() { Id = name });
            Assert.Equal((mine.Company.Id, 7, 1), (read.Id, read.SeatLimit, read.ActiveTeammateCount));
        }

        await Expect.RefusedAsync(
            ErrorReason.CompanyNotFound, async () => await mine.Person.Companies.GetCompanyAsync(new() { Id = theirs.Company.Id }));
        using var nameless = mine.Service.Operator();
        await Expect.RefusedAsync(
            ErrorReason.CompanyRequired, async () => await nameless.Companies.GetCompanyAsync(new() { Id = "current" }));
    }

    [Theory, Everywhere]
    public async Task a_company_token_cannot_name_another_company(Setup setup)
    {
        var (mine, theirs) = (await setup.TenantAsync(), await setup.TenantAsync());
        await theirs.NewTeammateAsync();

        using var client = ProvisioningClient.Connect(mine.Service.Grpc, mine.Token, theirs.Company.Slug);

        Assert.Equal(0, (await client.Teammates.ListTeammatesAsync(new())).TotalSize);
    }

    [Theory, Everywhere]
    public async Task a_token_without_a_company_names_one_by_id_or_slug(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await tenant.NewTeammateAsync();

        foreach (var name in (string[])[tenant.Company.Id, tenant.Company.Slug])
        {
            using var named = tenant.Service.Operator(name);
            Assert.Equal(1, (await named.Teammates.ListTeammatesAsync(new())).TotalSize);
        }

        using var nameless = tenant.Service.Operator();
        await Expect.RefusedAsync(ErrorReason.CompanyRequired, async () => await nameless.Teammates.ListTeammatesAsync(new()));
        using var wrong = tenant.Service.Operator("nowhere");
        await Expect.RefusedAsync(ErrorReason.CompanyNotFound, async () => await wrong.Teammates.ListTeammatesAsync(new()));
    }

    [Fact]
    public void signing_in_alone_is_anonymous() =>
        Assert.Equal(["CreateSession"],
            Methods.Where(method => method.GetOptions().GetExtension(AccessExtensions.Access).Anonymous).Select(method => method.Name));

    private static MethodDescriptor Find(string rpc) => Methods.Single(method => method.FullName == rpc);

    private static bool NamesResource(MethodDescriptor method) =>
        method.InputType.FindFieldByName("id") is not null || InnerId(method) is not null;

    private static FieldDescriptor? InnerId(MethodDescriptor method) => method.Name.StartsWith("Update", StringComparison.Ordinal)
        ? method.InputType.Fields.InFieldNumberOrder().First(field => field.FieldType == FieldType.Message)
        : null;

    /// <summary>Calls any rpc by the generated client, with an id where it takes one.</summary>
    private static async Task CallAsync(ProvisioningClient client, MethodDescriptor method, string id)
    {
        var request = method.InputType.Parser.ParseFrom(ByteString.Empty);
        method.InputType.FindFieldByName("id")?.Accessor.SetValue(request, id);
        if (InnerId(method) is { } inner)
        {
            var resource = inner.MessageType.Parser.ParseFrom(ByteString.Empty);
            inner.MessageType.FindFieldByName("id").Accessor.SetValue(resource, id);
            inner.Accessor.SetValue(request, resource);
        }

        object service = method.Service.Name switch
        {
            "TeammateProvisioning" => client.Teammates,
            "TeammateGroups" => client.Groups,
            "TeammateTemplates" => client.Templates,
            "ApiTokens" => client.ApiTokens,
            "Connections" => client.Connections,
            "Companies" => client.Companies,
            "Sessions" => client.Sessions,
            _ => client.Log,
        };
        var name = method.IsServerStreaming ? method.Name : method.Name + "Async";
        var call = service.GetType().GetMethod(name, [method.InputType.ClrType, typeof(CallOptions)])!
            .Invoke(service, [request, new CallOptions(deadline: DateTime.UtcNow.AddSeconds(20))])!;
        await (Task)(method.IsServerStreaming
            ? typeof(IAsyncStreamReader<>).MakeGenericType(method.OutputType.ClrType).GetMethod("MoveNext")!
                .Invoke(((dynamic)call).ResponseStream, new object[] { CancellationToken.None })
            : ((dynamic)call).ResponseAsync);
    }
}
