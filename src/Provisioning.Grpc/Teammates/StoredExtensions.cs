using System.Text.Json;
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

    /// <summary>Those in a stored profile.</summary>
    public static StoredExtensions Of(string profile)
    {
        var stored = new StoredExtensions();
        using var json = JsonDocument.Parse(profile);
        foreach (var member in json.RootElement.EnumerateObject().Where(member => !ProfileJson.HasField(Profile.Descriptor, member.Name)))
        {
            stored._names.Add(member.Name);
            if (member.Value.ValueKind == JsonValueKind.Object && AttributeNames.IsUrn(member.Name))
            {
                stored._objects.Add(member.Name);
            }
        }

        return stored;
    }

    /// <summary>
    /// Puts a plain value whose name is a stored extension's URN with an attribute behind it into that extension. Nothing moves where
    /// the name itself is stored, or no extension begins it: the profile's rules judge it then.
    /// </summary>
    public void Settle(Profile profile)
    {
        foreach (var (name, raw) in profile.ExtensionsJson.Where(entry => AttributeNames.IsUrn(entry.Key) && !_names.Contains(entry.Key))
            .ToList())
        {
            if (_objects.Where(urn => name.Length > urn.Length + 1 && name.StartsWith(urn, StringComparison.OrdinalIgnoreCase)
                && name[urn.Length] is ':' or '.').MaxBy(urn => urn.Length) is not { } extension
                || Parse(raw) is not { } value || value is JsonObject)
            {
                continue;
            }

            var attributes = profile.ExtensionsJson.TryGetValue(extension, out var given) ? Parse(given) as JsonObject ?? [] : [];
            attributes[name[(extension.Length + 1)..]] = value;
            profile.ExtensionsJson.Remove(name);
            profile.ExtensionsJson[extension] = ProfileJson.WriteRaw(attributes);
        }
    }

    private static JsonNode? Parse(string raw)
    {
        try
        {
            return ProfileJson.ParseRaw(raw);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
