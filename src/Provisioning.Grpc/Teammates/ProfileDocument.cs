using System.Text.Json.Nodes;

namespace Provisioning.Teammates;

/// <summary>A whole profile that may be kept: read once, with what follows from it.</summary>
internal sealed class ProfileDocument
{
    private ProfileDocument(JsonObject json, string text) => (Json, Text) = (json, text);

    /// <summary>The attributes, in the contract's letters and order. They are not changed.</summary>
    public JsonObject Json { get; }

    /// <summary>The text that is stored.</summary>
    public string Text { get; }

    public string UserName => Json["userName"]!.GetValue<string>();

    /// <summary>Checks a profile.</summary>
    /// <param name="json">Its attributes. They are taken apart.</param>
    /// <param name="stored">The raw attributes that the teammate has already.</param>
    /// <exception cref="Grpc.Core.RpcException">INVALID_FIELD, naming the attribute.</exception>
    public static ProfileDocument Of(JsonObject json, StoredExtensions stored)
    {
        stored.Settle(json);
        return OfArranged(GivenProfile.Arrange(json), stored);
    }

    /// <summary>Checks a profile that is in the contract's letters and order, and keeps its attributes.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_FIELD, naming the attribute.</exception>
    public static ProfileDocument OfArranged(JsonObject json, StoredExtensions stored) =>
        new(json, ProfileRules.Check(json, stored.Names));

    /// <summary>A profile as it is stored.</summary>
    public static ProfileDocument Stored(string text) => new((JsonObject)JsonNode.Parse(text)!, text);
}
