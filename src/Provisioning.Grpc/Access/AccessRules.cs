using Provisioning.Contract;
using Provisioning.V1;

namespace Provisioning.Access;

/// <summary>Who may call each rpc, as the contract's method option says. An rpc without one is nobody's.</summary>
internal static class AccessRules
{
    /// <summary>Services that answer anybody: they tell nothing about companies.</summary>
    private static readonly string[] Open =
        ["/grpc.health.v1.Health/", "/grpc.reflection.v1.ServerReflection/", "/grpc.reflection.v1alpha.ServerReflection/"];

    private static readonly Google.Protobuf.Reflection.ServiceDescriptor[] Services =
    [
        TeammateProvisioning.Descriptor, TeammateGroups.Descriptor, TeammateTemplates.Descriptor, ApiTokens.Descriptor,
            V1.Connections.Descriptor,
        ProvisioningLog.Descriptor, V1.Companies.Descriptor, V1.Sessions.Descriptor,
    ];

    private static readonly Dictionary<string, V1.Access> ByMethod = Services
        .SelectMany(service => service.Methods)
        .Select(method => (Name: $"/{method.Service.FullName}/{method.Name}",
            Access: method.GetOptions()?.GetExtension(AccessExtensions.Access)))
        .Where(method => method.Access is not null)
        .ToDictionary(method => method.Name, method => method.Access!);

    public static bool IsOpen(string method) => Open.Any(prefix => method.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Whether the contract says that anybody may call an rpc.</summary>
    public static bool IsAnonymous(string method) => ByMethod.TryGetValue(method, out var access) && access.Anonymous;

    /// <summary>Refuses a caller whose scopes do not open the rpc, or who named no company where one is needed.</summary>
    public static void Check(string method, Caller caller)
    {
        if (!ByMethod.TryGetValue(method, out var access))
        {
            throw Failures.UnknownMethod(method);
        }

        if (!access.AnyToken && !caller.IsOperator && !access.AnyOf.Any(caller.Scopes.Contains))
        {
            throw Failures.ScopeMissing(access.AnyOf.Select(ScopeNames.NameOf), caller.Scopes.Select(ScopeNames.NameOf));
        }

        if (!access.WithoutCompany && caller.CompanyId is null)
        {
            throw Failures.CompanyRequired();
        }
    }
}
