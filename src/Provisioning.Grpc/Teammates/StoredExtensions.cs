using System.Text.Json.Nodes;
using Provisioning.Json;
using Provisioning.Schemas;
using Provisioning.V1;

namespace Provisioning.Teammates;

/// <summary>The raw attributes and extensions that a teammate has already: they tell what a URN with a plain value means.</summary>
internal sealed class StoredExtensions
{
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _objects = [];

    private StoredExtensions()
    {
    }

    /// <summary>Their names, in any letter case.</summary>
    public IReadOnlySet<string> Names => _names;

    /// <summary>Nothing is stored yet.</summary>
    public static StoredExtensions None => new();

    /// <summary>Those in a stored profile.</summary>
    public static StoredExtensions Of(JsonObject profile)
    {
        var stored = new StoredExtensions();
        foreach (var (name, node) in profile.Where(member => !ProfileJson.HasField(Profile.Descriptor, member.Key)))
        {
            stored._names.Add(name);
            if (node is JsonObject && AttributeNames.IsUrn(name))
            {
                stored._objects.Add(name);
            }
        }

        return stored;
    }

    /// <summary>
    /// Puts a plain value whose name is a stored extension's URN with an attribute behind it into that extension. Nothing moves where
    /// the name itself is stored, or no extension begins it: the profile's rules judge it then.
    /// </summary>
    public void Settle(JsonObject profile)
    {
        foreach (var (name, value) in profile.Where(member => _objects.Count > 0 && AttributeNames.IsUrn(member.Key)
            && !_names.Contains(member.Key) && !ProfileJson.HasField(Profile.Descriptor, member.Key)).ToList())
        {
            if (_objects.Where(urn => name.Length > urn.Length + 1 && name.StartsWith(urn, StringComparison.OrdinalIgnoreCase)
                && name[urn.Length] is ':' or '.').MaxBy(urn => urn.Length) is not { } extension
                || value is null or JsonObject)
            {
                continue;
            }

            profile.Remove(name);
            if (profile[extension] is not JsonObject attributes)
            {
                profile[extension] = attributes = [];
            }

            attributes[name[(extension.Length + 1)..]] = value;
        }
    }
}
