using Provisioning.V1;

namespace Provisioning.Contract;

/// <summary>What a successful write did not do, each in a sentence for an admin.</summary>
internal static class Warnings
{
    public static Warning Of(Warning.Types.Code code) => new() { Code = code, Message = Sentence(code) };

    /// <summary>The warning of attributes that no schema names.</summary>
    /// <param name="first">The first names.</param>
    /// <param name="count">How many there are in all.</param>
    /// <param name="areKept">Whether they are kept, rather than passed over.</param>
    public static Warning OfUnknownAttributes(IReadOnlyList<string> first, int count, bool areKept)
    {
        var names = string.Join(", ", first) + (count > first.Count ? $" and {count - first.Count} more" : "");
        return new()
        {
            Code = Warning.Types.Code.UnknownAttributes,
            Message = first.Count == 0 ? Sentence(Warning.Types.Code.UnknownAttributes)
                : $"No schema here has {(count == 1 ? "the attribute" : "the attributes")} {names}, which came for the first time from "
                    + "this connection. "
                    + (areKept ? "It is kept as received, and nothing else follows from it"
                        : "Groups do not have it, so it was passed over")
                            + ". If a name is misspelt, correct the attribute mapping in the identity provider.",
            Attributes = { first },
            AttributeCount = count,
        };
    }

    public static string Sentence(Warning.Types.Code code) => code switch
    {
        Warning.Types.Code.Unspecified => "",
        Warning.Types.Code.NoTemplateMatched =>
            "No teammate template has the name of one of the teammate's roles, so none was applied. Add a template with that name, or "
                + "assign one by hand.",
        Warning.Types.Code.TemplatesNotEnabled =>
            "The company's plan does not include teammate templates, so none was applied.",
        Warning.Types.Code.LastCompanyAdminGone =>
            "The company has no active company admin left. Ask the operator of this service to appoint one.",
        Warning.Types.Code.OnlyBlocked =>
            "The company's plan does not include auto provisioning: the teammate was blocked, and the rest of the update was left undone.",
        Warning.Types.Code.TemplateKept =>
            "The teammate's roles changed. The template applied at creation stays until somebody assigns another.",
        Warning.Types.Code.GroupSkipped =>
            "A teammate group of the template is managed by an identity provider or gone, so the teammate was not added to it.",
        Warning.Types.Code.UnknownAttributes =>
            "The request had attributes that no schema here has, and that came for the first time from this connection. If a name is "
                + "misspelt, correct the attribute mapping in the identity provider.",
    };
}
