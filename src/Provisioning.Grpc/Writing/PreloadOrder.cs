namespace Provisioning.Writing;

/// <summary>
/// In which order writes read and lock what they need before they start. What they lock later stands in docs/architecture.md, "What
/// always holds".
/// </summary>
internal enum PreloadOrder
{
    /// <summary>Groups that a teammate is in, which a delete locks when it starts over.</summary>
    GroupsOfTeammate,

    /// <summary>Teammates, locked.</summary>
    Teammates,

    /// <summary>Groups, locked.</summary>
    Groups,

    /// <summary>Which teammates are members, behind their groups' locks.</summary>
    Members,

    /// <summary>User names that are taken.</summary>
    UserNames,

    /// <summary>Templates to choose from.</summary>
    Templates,

    /// <summary>Names of attributes that a connection is known to send.</summary>
    UnknownNames,
}
