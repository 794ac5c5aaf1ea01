using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Provisioning.Access;
using Provisioning.V1;

namespace Provisioning.Templates;

/// <summary>The TeammateTemplates service.</summary>
internal sealed class TemplateRpc(TemplateOperations operations, TemplateNames names) : TeammateTemplates.TeammateTemplatesBase
{
    public override Task<V1.TeammateTemplate> CreateTeammateTemplate(CreateTeammateTemplateRequest request, ServerCallContext context) =>
        operations.CreateAsync(context.Caller(), request, context.CancellationToken);

    public override Task<V1.TeammateTemplate> GetTeammateTemplate(GetTeammateTemplateRequest request, ServerCallContext context) =>
        operations.GetAsync(context.Caller(), request, context.CancellationToken);

    public override Task<ListTeammateTemplatesResponse> ListTeammateTemplates(
        ListTeammateTemplatesRequest request, ServerCallContext context) =>
        operations.ListAsync(context.Caller(), request, context.CancellationToken);

    public override Task<ListTeammateTemplateNamesResponse> ListTeammateTemplateNames(
        ListTeammateTemplateNamesRequest request, ServerCallContext context) =>
        names.ListAsync(context.Caller(), request, context.CancellationToken);

    public override Task<V1.TeammateTemplate> UpdateTeammateTemplate(UpdateTeammateTemplateRequest request, ServerCallContext context) =>
        operations.UpdateAsync(context.Caller(), request, context.CancellationToken);

    public override Task<Empty> DeleteTeammateTemplate(DeleteTeammateTemplateRequest request, ServerCallContext context) =>
        operations.DeleteAsync(context.Caller(), request, context.CancellationToken);
}
