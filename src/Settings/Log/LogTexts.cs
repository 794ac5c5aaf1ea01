using System.Text.Json;
using Provisioning.V1;

namespace Settings.Log;

/// <summary>Warnings in a few words.</summary>
internal static class WarningTexts
{
    public static string Of(Warning.Types.Code code) => code switch
    {
        Warning.Types.Code.NoTemplateMatched => Texts.Warning_NoTemplate,
        Warning.Types.Code.TemplatesNotEnabled => Texts.Warning_NoTemplates,
        Warning.Types.Code.LastCompanyAdminGone => Texts.Warning_LastAdmin,
        Warning.Types.Code.OnlyBlocked => Texts.Warning_OnlyBlocked,
        Warning.Types.Code.TemplateKept => Texts.Warning_Kept,
        Warning.Types.Code.GroupSkipped => Texts.Warning_Group,
        Warning.Types.Code.UnknownAttributes => Texts.Warning_Unknown,
        Warning.Types.Code.Unspecified => Texts.Warning_Other,
    };
}

/// <summary>Who did something, by kind.</summary>
internal static class ActorTexts
{
    public static string Of(Actor? actor) => actor?.Kind switch
    {
        Actor.Types.Kind.ApiToken when actor.ConnectionId.Length > 0 => Texts.Actor_Provider,
        Actor.Types.Kind.ApiToken => Texts.Actor_Token,
        Actor.Types.Kind.Teammate => Texts.Actor_Admin,
        Actor.Types.Kind.Operator => Texts.Actor_Operator,
        Actor.Types.Kind.Service => Texts.Actor_Service,
        _ => Texts.Actor_System,
    };
}

/// <summary>What came of a request.</summary>
internal static class OutcomeTexts
{
    public static string Of(LogEntry.Types.Outcome outcome) => outcome switch
    {
        LogEntry.Types.Outcome.Done => Texts.Outcome_Done,
        LogEntry.Types.Outcome.Unchanged => Texts.Outcome_Unchanged,
        LogEntry.Types.Outcome.Refused => Texts.Outcome_Refused,
        LogEntry.Types.Outcome.Unspecified => "",
    };
}

/// <summary>Reasons by their names in the contract, as documentation and support know them.</summary>
internal static class ReasonTexts
{
    public static string Of(ErrorReason reason) =>
        ErrorReasonReflection.Descriptor.EnumTypes[0].FindValueByNumber((int)reason)?.Name["ERROR_REASON_".Length..] ?? "";
}

/// <summary>JSON values as words: texts without quotes, lists of values as their texts.</summary>
internal static class JsonWords
{
    public static string Of(string json)
    {
        if (json.Length == 0)
        {
            return "";
        }

        using var document = JsonDocument.Parse(json);
        return Words(document.RootElement);
    }

    private static string Words(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString()!,
        JsonValueKind.True => Texts.Word_Yes,
        JsonValueKind.False => Texts.Word_No,
        JsonValueKind.Array => string.Join(", ", element.EnumerateArray().Select(Words)),
        JsonValueKind.Object when element.TryGetProperty("value", out var value) =>
            element.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? $"{Words(value)} ({type.GetString()})"
                : Words(value),
        JsonValueKind.Object when element.TryGetProperty("displayName", out var name) => Words(name),
        _ => element.GetRawText(),
    };
}
