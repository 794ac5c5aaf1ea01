using Microsoft.AspNetCore.Components;

namespace Settings.Shell;

/// <summary>What a page shows, as the part of its address that can be sent to a colleague.</summary>
internal static class Query
{
    /// <summary>Puts values into the address, without a new entry in the browser's history; empty ones are left out.</summary>
    public static void Write(this NavigationManager address, params (string Name, string Value)[] values) =>
        address.NavigateTo(
            address.GetUriWithQueryParameters(
                values.ToDictionary(each => each.Name, each => (object?)(each.Value.Length == 0 ? null : each.Value))),
            new NavigationOptions { ReplaceHistoryEntry = true });
}
