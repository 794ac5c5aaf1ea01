using Provisioning.V1;

namespace Settings.Templates;

/// <summary>A template as it is typed: lists as texts with commas. What is saved and not touched stays as it was, ids included.</summary>
internal sealed class TemplateDraft : IEquatable<TemplateDraft>
{
    public string Name { get; set; } = "";

    public string Role { get; set; } = "";

    public string Workspaces { get; set; } = "";

    public string Inboxes { get; set; } = "";

    public string Signature { get; set; } = "";

    public string Locale { get; set; } = "";

    public string TimeZone { get; set; } = "";

    /// <summary>Ids of teammate groups, in the order in which they were chosen.</summary>
    public List<string> Groups { get; } = [];

    public List<Setting> Settings { get; } = [];

    /// <summary>What is wrong with the name; empty when nothing is.</summary>
    public string NameFault { get; private set; } = "";

    /// <summary>Whether it gives nothing but its name.</summary>
    public bool IsEmpty => ToMessage(null).Contents.CalculateSize() == 0;

    public static TemplateDraft Of(TeammateTemplate template)
    {
        var contents = template.Contents ?? new();
        var draft = new TemplateDraft
        {
            Name = template.Name,
            Role = Text(contents.Role),
            Workspaces = string.Join(", ", contents.Workspaces.Select(Text)),
            Inboxes = string.Join(", ", contents.SharedInboxes.Select(Text)),
            Signature = contents.Signature,
            Locale = contents.Locale,
            TimeZone = contents.TimeZone,
        };
        draft.Groups.AddRange(contents.TeammateGroupIds);
        draft.Settings.AddRange(contents.Settings.OrderBy(each => each.Key, StringComparer.Ordinal)
            .Select(each => new Setting { Key = each.Key, Value = each.Value }));
        return draft;
    }

    public void Choose(string group, bool chosen)
    {
        if (!chosen)
        {
            Groups.Remove(group);
        }
        else if (!Groups.Contains(group))
        {
            Groups.Add(group);
        }
    }

    /// <summary>Whether it can be saved.</summary>
    public bool Check()
    {
        NameFault = string.IsNullOrWhiteSpace(Name) ? Texts.Template_NameMissing : "";
        return NameFault.Length == 0;
    }

    /// <summary>The template to save.</summary>
    /// <param name="saved">What was saved before, whose ids stay where names stay; null for a new one.</param>
    public TeammateTemplate ToMessage(TeammateTemplate? saved)
    {
        var (before, typed) = (saved?.Contents ?? new(), Of(saved ?? new()));
        var contents = new TemplateContents
        {
            Role = Role.Trim() is { Length: > 0 } role ? Reference(role, [before.Role]) : null,
            Signature = Signature,
            Locale = Locale.Trim(),
            TimeZone = TimeZone.Trim(),
        };
        contents.Workspaces.AddRange(Workspaces == typed.Workspaces ? before.Workspaces
            : Parts(Workspaces).Select(part => Grant(part, before.Workspaces)));
        contents.SharedInboxes.AddRange(Inboxes == typed.Inboxes ? before.SharedInboxes
            : Parts(Inboxes).Select(part => Reference(part, before.SharedInboxes)));
        contents.TeammateGroupIds.AddRange(Groups);
        foreach (var setting in Settings.Where(each => each.Key.Trim().Length > 0))
        {
            contents.Settings[setting.Key.Trim()] = setting.Value;
        }

        return new() { Id = saved?.Id ?? "", Name = Name.Trim(), Contents = contents, Etag = saved?.Etag ?? "" };
    }

    public bool Equals(TemplateDraft? other) =>
        other is not null
            && (Name, Role, Workspaces, Inboxes, Signature, Locale, TimeZone) == (
                other.Name, other.Role, other.Workspaces, other.Inboxes, other.Signature, other.Locale, other.TimeZone)
        && Groups.SequenceEqual(other.Groups)
            && Settings.Select(each => (each.Key, each.Value)).SequenceEqual(other.Settings.Select(each => (each.Key, each.Value)));

    public override bool Equals(object? obj) => Equals(obj as TemplateDraft);

    public override int GetHashCode() => HashCode.Combine(Name, Role, Workspaces, Inboxes, Signature, Locale, TimeZone);

    private static IEnumerable<string> Parts(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Text(ProductReference? reference) =>
        reference is null ? "" : reference.DisplayName.Length > 0 ? reference.DisplayName : reference.Id;

    private static string Text(WorkspaceGrant grant) =>
        Text(grant.Role) is { Length: > 0 } role ? $"{Text(grant.Workspace)} ({role})" : Text(grant.Workspace);

    private static WorkspaceGrant Grant(string part, IEnumerable<WorkspaceGrant> before)
    {
        if (before.FirstOrDefault(each => Text(each) == part) is { } same)
        {
            return same;
        }

        var (workspace, role) = part.EndsWith(')') && part.LastIndexOf('(') is > 0 and var at
            ? (part[..at].Trim(), part[(at + 1)..^1].Trim())
            : (part, "");
        return new()
        {
            Workspace = Reference(workspace, before.Select(each => each.Workspace)),
            Role = role.Length > 0 ? Reference(role, before.Select(each => each.Role)) : null,
        };
    }

    /// <summary>What a name stands for: the one that had it before, else one whose id is made of the name.</summary>
    private static ProductReference Reference(string name, IEnumerable<ProductReference?> before) =>
        before.FirstOrDefault(each => each is not null && Text(each) == name)
        ?? new()
        {
            Id = string.Join('-', name.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
            DisplayName =
            name
        };
}

/// <summary>One setting as it is typed.</summary>
internal sealed class Setting
{
    public string Key { get; set; } = "";

    public string Value { get; set; } = "";
}
