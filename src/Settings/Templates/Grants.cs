using Provisioning.V1;
using Settings.Shell;

namespace Settings.Templates;

/// <summary>What a template gives, as lines to read and to compare.</summary>
public static class Grants
{
    /// <summary>Every line that is not empty.</summary>
    /// <param name="contents">What is given.</param>
    /// <param name="groupName">What a group is called.</param>
    public static IEnumerable<(string Name, string Value)> Of(TemplateContents contents, Func<string, string> groupName) =>
        All(contents, groupName).Where(each => each.Value.Length > 0);

    /// <summary>The lines in which two differ.</summary>
    public static IEnumerable<Difference> Between(TemplateContents? before, TemplateContents? after, Func<string, string> groupName)
    {
        var (old, present) = (All(before ?? new(), groupName).ToDictionary(), All(after ?? new(), groupName).ToDictionary());
        return old.Keys.Union(present.Keys)
            .Select(name => new Difference(name, old.GetValueOrDefault(name, ""), present.GetValueOrDefault(name, "")))
            .Where(each => each.Before != each.After);
    }

    private static IEnumerable<(string Name, string Value)> All(TemplateContents contents, Func<string, string> groupName) =>
    [
        (Texts.Grant_Role, Named(contents.Role)),
        (Texts.Grant_Workspaces,
            string.Join(", ", contents.Workspaces.Select(each => Named(each.Role) is { Length: > 0 } role
                ? $"{Named(each.Workspace)} ({role})" : Named(each.Workspace)))),
        (Texts.Grant_Inboxes, string.Join(", ", contents.SharedInboxes.Select(Named))),
        (Texts.Grant_Groups, string.Join(", ", contents.TeammateGroupIds.Select(groupName))),
        (Texts.Grant_Signature, contents.Signature),
        (Texts.Grant_Locale, contents.Locale),
        (Texts.Grant_TimeZone, contents.TimeZone),
        .. contents.Settings.OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => (each.Key, each.Value)),
    ];

    private static string Named(ProductReference? reference) =>
        reference is null ? "" : reference.DisplayName.Length > 0 ? reference.DisplayName : reference.Id;
}
