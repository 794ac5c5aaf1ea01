using System.Text.Json;
using Provisioning.Access;
using Provisioning.V1;

namespace Provisioning.Hosting;

/// <summary>The bootstrap file, as written.</summary>
internal sealed record BootstrapFile(IReadOnlyList<BootstrapCompany> Companies)
{
    private static readonly JsonSerializerOptions Form = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
    };

    /// <summary>Reads and checks a file.</summary>
    /// <exception cref="SettingException">It cannot be read, is not of the form, or a value in it is wrong.</exception>
    public static BootstrapFile Read(string path)
    {
        try
        {
            var file = JsonSerializer.Deserialize<Raw>(File.ReadAllText(path), Form)!;
            var read = new BootstrapFile(file.Companies ?? []);
            read.Check();
            return read;
        }
        catch (JsonException failure)
        {
            throw new SettingException($"Bootstrap:File: {path} is not of the form that README "
                + $"shows{(failure.Path is { Length: > 0 } at ? $" at {at}" : "")}: {failure.Message}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SettingException(
                $"Bootstrap:File: {path} cannot be read ({failure.Message}); correct the path, or leave the setting out.");
        }
    }

    private void Check()
    {
        foreach (var company in Companies)
        {
            if (string.IsNullOrEmpty(company.Slug))
            {
                throw new SettingException("Bootstrap:File: a company lacks its \"slug\"; give it one, such as \"acme\".");
            }

            if (company.Templates.FirstOrDefault(template => string.IsNullOrWhiteSpace(template.Name)) is not null)
            {
                throw new SettingException($"Bootstrap:File: a template of \"{company.Slug}\" lacks its \"name\".");
            }

            if (company.GroupTakeover is not (null or "link" or "refuse"))
            {
                throw new SettingException($"Bootstrap:File: \"groupTakeover\" of \"{company.Slug}\" is \"{company.GroupTakeover}\"; set "
                    + "it to \"link\" or \"refuse\".");
            }

            foreach (var token in company.Tokens)
            {
                token.Check(company.Slug);
            }
        }
    }

    private sealed record Raw(IReadOnlyList<BootstrapCompany>? Companies = null);
}

internal sealed record BootstrapCompany
{
    public string Slug { get; init; } = "";
    public string? DisplayName { get; init; }
    public long? SeatLimit { get; init; }
    public BootstrapFeatures? Features { get; init; }

    /// <summary>"link" or "refuse".</summary>
    public string? GroupTakeover { get; init; }

    public IReadOnlyList<BootstrapTemplate> Templates { get; init; } = [];
    public IReadOnlyList<BootstrapToken> Tokens { get; init; } = [];
}

internal sealed record BootstrapFeatures(bool Scim = false, bool Templates = false);

internal sealed record BootstrapTemplate(string Name = "");

internal sealed record BootstrapToken
{
    public string Name { get; init; } = "token";
    public IReadOnlyList<string> Scopes { get; init; } = ["auto_provisioning"];
    public string? Secret { get; init; }
    public string? Connection { get; init; }

    public void Check(string company)
    {
        if (Secret is { } secret
            && (secret.Length is < TokenSecret.MinLength or > TokenSecret.MaxLength || secret.Any(letter => letter is <= ' ' or > '~')))
        {
            throw new SettingException($"Bootstrap:File: the \"secret\" of the token \"{Name}\" of \"{company}\" must have "
                + $"{TokenSecret.MinLength} to {TokenSecret.MaxLength} visible ASCII characters without spaces.");
        }

        if (Secret is { } ours && TokenSecret.IsMistyped(ours))
        {
            throw new SettingException($"Bootstrap:File: the \"secret\" of the token \"{Name}\" of \"{company}\" begins with "
                + $"{TokenSecret.Prefix} but has a wrong checksum; copy it again, or choose another beginning.");
        }

        if (Scopes.FirstOrDefault(name => !ScopeNames.TryParse(name, out var scope) || scope == Scope.Operator) is { } wrong)
        {
            throw new SettingException($"Bootstrap:File: the token \"{Name}\" of \"{company}\" has the unknown scope \"{wrong}\"; choose "
                + $"from {string.Join(", ", ScopeNames.All.Where(name => name != "operator"))}.");
        }
    }
}
