using Grpc.Core;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using Provisioning.Client;
using Provisioning.V1;

namespace Settings.Shell;

/// <summary>What every page has: the core, who is signed in, the live log, and one action at a time whose trouble is shown.</summary>
public abstract class PageBase : ComponentBase, IDisposable
{
    private const int MostConnections = 1_000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _gone = new();
    private bool _isFollowing, _isBehind;

    [Inject]
    protected Core Core { get; set; } = null!;

    [Inject]
    protected Visit Visit { get; set; } = null!;

    [Inject]
    protected LiveLog Live { get; set; } = null!;

    [Inject]
    protected NavigationManager Address { get; set; } = null!;

    [Inject]
    protected ISnackbar Notes { get; set; } = null!;

    /// <summary>Whether an action is under way.</summary>
    protected bool IsBusy { get; private set; }

    /// <summary>Why the last action failed; null when it did not.</summary>
    protected Trouble? ActionTrouble { get; set; }

    protected ProvisioningClient Client => Core.Client;

    /// <summary>The options of one call.</summary>
    protected CallOptions Call => Core.Call(_gone.Token);

    /// <summary>Cancelled when the page is left.</summary>
    protected CancellationToken Gone => _gone.Token;

    /// <summary>
    /// Begins to hear of what is written. A page begins with <see cref="ComponentBase.OnInitializedAsync"/>, so that none can subscribe
    /// twice.
    /// </summary>
    protected sealed override void OnInitialized()
    {
        Live.Written += OnWritten;
        Live.Resumed += OnResumed;
    }

    /// <summary>Reads something, and sends whoever is signed out to sign in.</summary>
    protected async Task LoadAsync<T>(Fetched<T> fetched, Func<Task<T>> read)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(fetched);
        await fetched.LoadAsync(read);
        NoteSignedOut(fetched.Trouble);
    }

    /// <summary>Reads the company's connections, whose names many pages show.</summary>
    protected Task LoadConnectionsAsync(Fetched<ListConnectionsResponse> connections) =>
        LoadAsync(connections, async () => await Client.Connections.ListConnectionsAsync(new() { PageSize = MostConnections }, Call));

    /// <summary>Does what a person asked for; a failure is shown beside it and loses no input.</summary>
    /// <returns>Whether it was done.</returns>
    protected async Task<bool> DoAsync(Func<Task> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (IsBusy)
        {
            return false;
        }

        (IsBusy, ActionTrouble) = (true, null);
        StateHasChanged();
        try
        {
            await action();
            return true;
        }
        catch (ProvisioningException failure)
        {
            ActionTrouble = Trouble.Of(failure);
            NoteSignedOut(ActionTrouble);
            return false;
        }
        finally
        {
            IsBusy = false;
        }
    }

    /// <summary>
    /// Reads what a page shows after something was written: one reading at a time, and after a burst one more, so that an
    /// import keeps neither the page nor the service busy.
    /// </summary>
    protected async Task FollowAsync(Func<Task> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        if (_isFollowing)
        {
            _isBehind = true;
            return;
        }

        _isFollowing = true;
        try
        {
            do
            {
                _isBehind = false;
                await read();
                if (_isBehind)
                {
                    await Task.Delay(Pause, Gone);
                }
            }
            while (_isBehind);
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
        finally
        {
            _isFollowing = false;
        }
    }

    /// <summary>Waits until typing pauses; false when the page was left meanwhile.</summary>
    protected async Task<bool> PauseAsync(TimeSpan time)
    {
        try
        {
            await Task.Delay(time, Gone);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Something was written in the company.</summary>
    protected virtual Task WrittenAsync(LogEntry entry) => Task.CompletedTask;

    /// <summary>What was read before may be out of date.</summary>
    protected virtual Task ResumedAsync() => Task.CompletedTask;

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            Live.Written -= OnWritten;
            Live.Resumed -= OnResumed;
            // Not disposed of: what is still under way asks it, and it holds nothing.
            _gone.Cancel();
        }
    }

    private void OnWritten(LogEntry entry) => _ = InvokeAsync(() => WrittenAsync(entry));

    private void OnResumed() => _ = InvokeAsync(ResumedAsync);

    private void NoteSignedOut(Trouble? trouble)
    {
        if (trouble is { IsSignedOut: true })
        {
            Visit.End();
        }
    }
}
