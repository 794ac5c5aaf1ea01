using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Companies;
using Provisioning.Filtering;
using Provisioning.Storage;
using Provisioning.Templates;
using Provisioning.Tokens;
using Provisioning.V1;
using Provisioning.Writing;
using ApiToken = Provisioning.Access.ApiToken;
using Company = Provisioning.Companies.Company;
using TeammateTemplate = Provisioning.Templates.TeammateTemplate;

namespace Provisioning.Hosting;

/// <summary>
/// Applies the bootstrap file: creates what is missing, updates names, limits and features, never deletes and never
/// revives a revoked token. Safe when several processes start at once.
/// </summary>
internal sealed class Bootstrap(ProvisioningDb db, CompanyOperations companies, TokenOperations tokens, Writes writes)
{
    /// <summary>Applies a file.</summary>
    /// <exception cref="SettingException">The file cannot be read, or says something that cannot be done.</exception>
    public async Task ApplyAsync(BootstrapFile file, CancellationToken cancellation)
    {
        foreach (var company in file.Companies)
        {
            try
            {
                var id = await ApplyCompanyAsync(company, cancellation);
                foreach (var template in company.Templates)
                {
                    await ApplyTemplateAsync(id, template, cancellation);
                }

                foreach (var token in company.Tokens)
                {
                    await ApplyTokenAsync(id, token, cancellation);
                }
            }
            catch (Grpc.Core.RpcException refusal)
            {
                throw new SettingException($"Bootstrap:File: the company \"{company.Slug}\" cannot be applied: {refusal.Status.Detail}");
            }
        }
    }

    private async Task<string> ApplyCompanyAsync(BootstrapCompany given, CancellationToken cancellation)
    {
        var message = new V1.Company { Slug = given.Slug, DisplayName = given.DisplayName ?? "" };
        if (given.Features is { } features)
        {
            message.Features = new() { Scim = features.Scim, Templates = features.Templates };
        }

        if (given.SeatLimit is { } limit)
        {
            message.SeatLimit = limit;
        }

        if (given.GroupTakeover is { } takeover)
        {
            message.GroupTakeover = takeover == "refuse" ? GroupTakeover.Refuse : GroupTakeover.Link;
        }

        for (var attempt = 1; ; attempt++)
        {
            var known = await db.Set<Company>().AsNoTracking().SingleOrDefaultAsync(row => row.Slug == given.Slug, cancellation);
            try
            {
                if (known is null)
                {
                    return (await companies.CreateAsync(Caller.System(null), new() { Company = message }, cancellation)).Id;
                }

                message.Id = known.Id;
                var mask = new FieldMask();
                mask.Paths.AddRange(
                [
                    .. given.DisplayName is null ? [] : (string[])["display_name"], .. given.Features is null ? [] : (string[])["features"],
                    .. given.SeatLimit is null ? [] : (string[])["seat_limit"], .. given.GroupTakeover is null ? []
                        : (string[])["group_takeover"],
                ]);
                if (mask.Paths.Count > 0)
                {
                    await companies.UpdateAsync(Caller.System(null), new() { Company = message, UpdateMask = mask }, cancellation);
                }

                return known.Id;
            }
            catch (Grpc.Core.RpcException taken) when (attempt == 1 && Contract.Failures.ReasonOf(taken) == ErrorReason.SlugTaken)
            {
            }
        }
    }

    private async Task ApplyTemplateAsync(string company, BootstrapTemplate given, CancellationToken cancellation)
    {
        var folded = Folding.Fold(given.Name.Trim());
        if (await db.Set<TeammateTemplate>().AnyAsync(row => row.CompanyId == company && row.NameFolded == folded, cancellation))
        {
            return;
        }

        try
        {
            await writes.RunAsync(Caller.System(company), new("CreateTeammateTemplate", new Empty(), false, ""), write =>
                TemplateOperations.CreateAsync(write, new() { Name = given.Name }), cancellation);
        }
        catch (Grpc.Core.RpcException taken) when (Contract.Failures.ReasonOf(taken) == ErrorReason.TemplateNameTaken)
        {
        }
    }

    private async Task ApplyTokenAsync(string company, BootstrapToken given, CancellationToken cancellation)
    {
        var secret = given.Secret ?? TokenSecret.New();
        var hash = TokenSecret.Hash(secret);
        var scopes = given.Scopes.Select(name => ScopeNames.TryParse(name, out var scope) ? scope : Scope.Unspecified).ToList();
        await writes.RunAsync(Caller.System(company), new("CreateApiToken", new Empty(), false, ""), async write =>
        {
            var known = given.Secret is null
                ? await write.Db.Set<ApiToken>().FirstOrDefaultAsync(
                    row => row.CompanyId == company && row.Name == given.Name, cancellation)
                : await write.Db.Set<ApiToken>().FirstOrDefaultAsync(row => row.SecretHash == hash, cancellation);
            if (known is null)
            {
                await tokens.CreateAsync(write, given.Name, scopes, null, secret, given.Connection ?? given.Name);
            }
            else if (known.CompanyId != company)
            {
                throw new SettingException(
                    $"Bootstrap:File: the secret of the token \"{given.Name}\" belongs to another company's token; give each its own.");
            }

            return new Empty();
        }, cancellation);
    }
}
