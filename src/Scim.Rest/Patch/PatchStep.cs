using System.Text.Json.Nodes;

namespace Scim.Patch;

/// <summary>One step on one path. Pathless operations are several of these.</summary>
internal sealed record PatchStep(PatchVerb Verb, PatchPath Path, JsonNode? Value);
