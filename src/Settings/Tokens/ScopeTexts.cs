using Provisioning.V1;

namespace Settings.Tokens;

/// <summary>Scopes in words.</summary>
internal static class ScopeTexts
{
    /// <summary>What an admin may give to a token, the provider's first.</summary>
    public static IReadOnlyList<Scope> Choosable { get; } =
    [
        Scope.AutoProvisioning, Scope.TeammatesRead, Scope.TeammatesWrite, Scope.GroupsRead, Scope.GroupsWrite, Scope.TemplatesRead,
            Scope.TemplatesWrite,
        Scope.TokensAdmin, Scope.LogRead, Scope.ChangesRead,
    ];

    public static string Of(Scope scope) => Words(scope).Name;

    public static string DetailOf(Scope scope) => Words(scope).Detail;

    private static (string Name, string Detail) Words(Scope scope) => scope switch
    {
        Scope.AutoProvisioning => (Texts.Scope_AutoProvisioning, Texts.Scope_AutoProvisioning_Detail),
        Scope.TeammatesRead => (Texts.Scope_TeammatesRead, Texts.Scope_TeammatesRead_Detail),
        Scope.TeammatesWrite => (Texts.Scope_TeammatesWrite, Texts.Scope_TeammatesWrite_Detail),
        Scope.GroupsRead => (Texts.Scope_GroupsRead, Texts.Scope_GroupsRead_Detail),
        Scope.GroupsWrite => (Texts.Scope_GroupsWrite, Texts.Scope_GroupsWrite_Detail),
        Scope.TemplatesRead => (Texts.Scope_TemplatesRead, Texts.Scope_TemplatesRead_Detail),
        Scope.TemplatesWrite => (Texts.Scope_TemplatesWrite, Texts.Scope_TemplatesWrite_Detail),
        Scope.TokensAdmin => (Texts.Scope_TokensAdmin, Texts.Scope_TokensAdmin_Detail),
        Scope.LogRead => (Texts.Scope_LogRead, Texts.Scope_LogRead_Detail),
        Scope.ChangesRead => (Texts.Scope_ChangesRead, Texts.Scope_ChangesRead_Detail),
        Scope.Operator => (Texts.Scope_Operator, ""),
        Scope.Unspecified => ("", ""),
    };
}
