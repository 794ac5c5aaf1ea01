using Provisioning.V1;

namespace Provisioning.Access;

/// <summary>Scopes as people write them, such as "teammates:read".</summary>
internal static class ScopeNames
{
    private static readonly Dictionary<Scope, string> Names =
        AccessReflection.Descriptor.EnumTypes.Single(type => type.Name == nameof(Scope))
        .Values.Where(value => value.Number != 0)
        .ToDictionary(value => (Scope)value.Number, value => value.GetOptions().GetExtension(AccessExtensions.ScopeName));

    private static readonly Dictionary<string, Scope> Scopes = Names.ToDictionary(entry => entry.Value, entry => entry.Key);

    /// <summary>All names, to show what may be chosen.</summary>
    public static IEnumerable<string> All => Scopes.Keys;

    public static string NameOf(Scope scope) => Names.GetValueOrDefault(scope, "none");

    public static bool TryParse(string name, out Scope scope) => Scopes.TryGetValue(name, out scope);

    /// <summary>Names separated by spaces, as their values.</summary>
    public static IReadOnlyList<Scope> Parse(string names) =>
        [.. names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => Scopes[name])];

    /// <summary>Values as their names separated by spaces.</summary>
    public static string Format(IEnumerable<Scope> scopes) => string.Join(' ', scopes.Select(NameOf));
}
