using System.Text.Json.Serialization;

namespace Provisioning.Writing;

/// <summary>Writes and reads what entries keep about people, without reflection.</summary>
[JsonSerializable(typeof(LogPersonal))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class LogJson : JsonSerializerContext;
