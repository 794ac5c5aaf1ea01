using Provisioning.V1;

namespace Settings.Connect;

/// <summary>An identity provider as its admin meets it: where things are, what they are called, what goes wrong.</summary>
/// <param name="Slug">Its part of the page's address.</param>
/// <param name="Name">What its connection is called.</param>
/// <param name="UrlLabel">What it calls the SCIM URL.</param>
/// <param name="TokenLabel">What it calls the token.</param>
/// <param name="TokenPrefix">What it wants before the token's value.</param>
/// <param name="Test">What to press so that it makes its first call.</param>
/// <param name="Steps">How to get to where URL and token are pasted.</param>
/// <param name="People">How to send people.</param>
/// <param name="Groups">How to send groups; empty when it sends none.</param>
/// <param name="Next">What it does about a request that was refused.</param>
internal sealed record IdentityProvider(
    string Slug, string Name, string UrlLabel, string TokenLabel, string TokenPrefix, string Test, string Steps, string People,
        string Groups, string Next)
{
    public static IReadOnlyList<IdentityProvider> All { get; } =
    [
        new("okta", "Okta", Texts.Okta_Url, Texts.Okta_Token, "Bearer ", Texts.Okta_Test, Texts.Okta_Steps, Texts.Okta_People,
            Texts.Okta_Groups, Texts.Okta_Next),
        new("entra", "Microsoft Entra ID", Texts.Entra_Url, Texts.Entra_Token, "", Texts.Entra_Test, Texts.Entra_Steps, Texts.Entra_People,
            Texts.Entra_Groups, Texts.Entra_Next),
        new("onelogin", "OneLogin", Texts.OneLogin_Url, Texts.OneLogin_Token, "", Texts.OneLogin_Test, Texts.OneLogin_Steps,
            Texts.OneLogin_People, Texts.OneLogin_Groups, Texts.Other_Next),
        new("jumpcloud", "JumpCloud", Texts.JumpCloud_Url, Texts.JumpCloud_Token, "", Texts.JumpCloud_Test, Texts.JumpCloud_Steps,
            Texts.JumpCloud_People, Texts.JumpCloud_Groups, Texts.Other_Next),
        new("google", "Google Workspace", Texts.Google_Url, Texts.Google_Token, "", Texts.Google_Test, Texts.Google_Steps,
            Texts.Google_People, "", Texts.Other_Next),
        new("other", "Identity provider", Texts.Other_Url, Texts.Other_Token, "", Texts.Other_Test, Texts.Other_Steps, Texts.Other_People,
            Texts.Other_Groups, Texts.Other_Next),
    ];

    /// <summary>Whether roles come by an attribute that the admin adds with exact values.</summary>
    public bool HasRoleValues => Slug == "okta";

    /// <summary>The provider behind an address.</summary>
    public static IdentityProvider? Find(string slug) => All.FirstOrDefault(each => each.Slug == slug);

    /// <summary>The provider that a connection is most likely of, by its name.</summary>
    public static IdentityProvider Of(Connection connection) =>
        All.FirstOrDefault(each => connection.Name.Contains(each.Name, StringComparison.OrdinalIgnoreCase)
            || connection.Name.Split([' ', '-', '_', '.', '(', ')']).Contains(each.Slug, StringComparer.OrdinalIgnoreCase))
        ?? All[^1];
}
