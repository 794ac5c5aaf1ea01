namespace Provisioning.Templates;

/// <summary>Who is given a template.</summary>
internal interface ITemplated
{
    /// <summary>The teammate's id.</summary>
    string Id { get; }

    /// <summary>The template that was given last; null for none.</summary>
    string? TemplateId { get; set; }

    /// <summary>What it gave: the template's contents at that time, as they are stored; null for nothing.</summary>
    string? Grant { get; set; }

    /// <summary>Which template was given, why and when, as it is stored (<see cref="StoredTemplates"/>); null for none.</summary>
    string? Assignment { get; set; }
}
