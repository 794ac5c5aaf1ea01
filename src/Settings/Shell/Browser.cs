using Microsoft.JSInterop;

namespace Settings.Shell;

/// <summary>What the pages ask of the browser.</summary>
public sealed class Browser(IJSRuntime script) : IAsyncDisposable
{
    private DotNetObjectReference<Browser>? _self;

    /// <summary>The reader's system went dark or light.</summary>
    public event Action? SystemLookChanged;

    /// <summary>The tab is seen, or no more.</summary>
    public event Action<bool>? Seen;

    /// <summary>Begins to tell of changes.</summary>
    public async Task WatchAsync()
    {
        if (_self is null)
        {
            _self = DotNetObjectReference.Create(this);
            await script.InvokeVoidAsync("settings.watch", _self);
        }
    }

    /// <summary>"system", "light" or "dark".</summary>
    public ValueTask<string> LookAsync() => script.InvokeAsync<string>("settings.look");

    public ValueTask<bool> IsDarkAsync() => script.InvokeAsync<bool>("settings.isDark");

    public ValueTask SetLookAsync(string look) => script.InvokeVoidAsync("settings.setLook", look);

    /// <summary>What stands behind the # of the address, which is taken out of the address and the history.</summary>
    public ValueTask<string> TakeFragmentAsync() => script.InvokeAsync<string>("settings.takeFragment");

    /// <summary>Copies a text; false when the browser does not allow it.</summary>
    public ValueTask<bool> CopyAsync(string text) => script.InvokeAsync<bool>("settings.copy", text);

    [JSInvokable]
    public void LookChanged() => SystemLookChanged?.Invoke();

    [JSInvokable]
    public void SeenChanged(bool seen) => Seen?.Invoke(seen);

    public ValueTask DisposeAsync()
    {
        _self?.Dispose();
        return ValueTask.CompletedTask;
    }
}
