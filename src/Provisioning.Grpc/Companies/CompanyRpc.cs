using Grpc.Core;
using Provisioning.Access;
using Provisioning.V1;

namespace Provisioning.Companies;

/// <summary>The Companies service.</summary>
internal sealed class CompanyRpc(CompanyOperations operations) : V1.Companies.CompaniesBase
{
    public override Task<V1.Company> CreateCompany(CreateCompanyRequest request, ServerCallContext context) =>
        operations.CreateAsync(context.Caller(), request, context.CancellationToken);

    public override Task<V1.Company> GetCompany(GetCompanyRequest request, ServerCallContext context) =>
        operations.GetAsync(context.Caller(), request.Id, context.CancellationToken);

    public override Task<ListCompaniesResponse> ListCompanies(ListCompaniesRequest request, ServerCallContext context) =>
        operations.ListAsync(request, context.CancellationToken);

    public override Task<V1.Company> UpdateCompany(UpdateCompanyRequest request, ServerCallContext context) =>
        operations.UpdateAsync(context.Caller(), request, context.CancellationToken);
}
