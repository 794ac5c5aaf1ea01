using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Provisioning.Json;
using Provisioning.V1;
using Scim.Wire;

namespace Scim.Users;

/// <summary>
/// A teammate as SCIM's User, the whole of it, as every reply shows it: providers merge their changes into what they read. The
/// profile goes into the reply as the core keeps it, without being taken apart.
/// </summary>
internal sealed class UserResource(Teammate teammate, string baseUrl, string location) : ScimResource
{
    private static ReadOnlySpan<byte> Urn => "urn:"u8;

    /// <summary>The user's version, with what its groups add to it.</summary>
    public string Version { get; } = UserMapping.Version(teammate);

    /// <summary>Whether it shows groups.</summary>
    public bool HasGroups => teammate.Groups.Count > 0;

    public override async Task WriteAsync(ScimWriter writer)
    {
        WriteTo(writer.Json);
        await writer.FlushAsync();
    }

    /// <summary>The same, to be taken apart.</summary>
    public JsonObject ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, ScimWriter.Options))
        {
            WriteTo(json);
        }

        return (JsonObject)JsonNode.Parse(buffer.GetBuffer().AsSpan(0, (int)buffer.Length))!;
    }

    private void WriteTo(Utf8JsonWriter json)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(teammate.ProfileJson.Length));
        try
        {
            WriteTo(json, buffer.AsSpan(0, Encoding.UTF8.GetBytes(teammate.ProfileJson, buffer)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void WriteTo(Utf8JsonWriter json, ReadOnlySpan<byte> profile)
    {
        json.WriteStartObject();
        json.WriteStartArray("schemas"u8);
        json.WriteStringValue(ProfileJson.UserSchema);
        WriteExtensions(json, profile);
        json.WriteEndArray();
        json.WriteString("id"u8, teammate.Id);
        if (teammate.ExternalId.Length > 0)
        {
            json.WriteString("externalId"u8, teammate.ExternalId);
        }

        // The members of the profile, which always has a userName, without the braces around them.
        json.WriteRawValue(profile[1..^1], skipInputValidation: true);
        json.WriteBoolean("active"u8, teammate.State == Teammate.Types.State.Active);
        WriteGroups(json);
        Meta.Write(json, "User", teammate.CreateTime, teammate.UpdateTime, location, Version);
        json.WriteEndObject();
    }

    /// <summary>The URNs of the extensions that a profile has.</summary>
    private static void WriteExtensions(Utf8JsonWriter json, ReadOnlySpan<byte> profile)
    {
        var reader = new Utf8JsonReader(profile);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            if (name.Length > Urn.Length && Ascii.EqualsIgnoreCase(name[..Urn.Length], Urn))
            {
                json.WriteStringValue(reader.GetString());
            }

            reader.Skip();
        }
    }

    private void WriteGroups(Utf8JsonWriter json)
    {
        if (teammate.Groups.Count == 0)
        {
            return;
        }

        json.WriteStartArray("groups"u8);
        foreach (var group in teammate.Groups)
        {
            json.WriteStartObject();
            json.WriteString("value"u8, group.GroupId);
            json.WriteString("$ref"u8, $"{baseUrl}/Groups/{group.GroupId}");
            json.WriteString("display"u8, group.DisplayName);
            json.WriteString("type"u8, "direct"u8);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
