using Grpc.Core;
using Provisioning.Client;
using Provisioning.V1;

namespace Settings.Shell;

/// <summary>
/// The one stream that a tab keeps open, and only while it is seen and somebody is signed in: the company's log as it is
/// written. It also tells when the service is gone, and when the session is over.
/// </summary>
public sealed class LiveLog(Core core, Visit visit) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1), LongestPause = TimeSpan.FromSeconds(15);

    private CancellationTokenSource? _stop;
    private bool _wasOpened;

    /// <summary>An entry was written.</summary>
    public event Action<LogEntry>? Written;

    /// <summary>The service is back, or the tab is seen again: what was read before may be out of date.</summary>
    public event Action? Resumed;

    /// <summary>Whether the service could be reached last is new.</summary>
    public event Action? ReachChanged;

    /// <summary>How many listen to what is written.</summary>
    public int ListenerCount => Written?.GetInvocationList().Length ?? 0;

    /// <summary>Whether the service cannot be reached.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Opens or closes the stream.</summary>
    public void SetSeen(bool seen)
    {
        if (seen == _stop is not null)
        {
            return;
        }

        if (seen)
        {
            _stop = new();
            _ = FollowAsync(_stop.Token);
        }
        else
        {
            _stop?.Cancel();
            _stop?.Dispose();
            _stop = null;
        }
    }

    public void Dispose() => SetSeen(false);

    private async Task FollowAsync(CancellationToken stop)
    {
        var pause = FirstPause;
        while (!stop.IsCancellationRequested && visit.State == VisitState.SignedIn)
        {
            try
            {
                using var call = core.Client.Log.WatchLogEntries(new(), cancellationToken: stop);
                await call.ResponseHeadersAsync;
                SetLost(false);
                pause = FirstPause;
                if (_wasOpened)
                {
                    Resumed?.Invoke();
                }

                _wasOpened = true;
                while (await call.ResponseStream.MoveNext(stop))
                {
                    if (call.ResponseStream.Current.LogEntry is { } entry)
                    {
                        Written?.Invoke(entry);
                    }
                }
            }
            catch (ProvisioningException failure) when (Trouble.Of(failure).IsSignedOut)
            {
                visit.End();
            }
            catch (ProvisioningException failure) when (failure.StatusCode != StatusCode.Cancelled)
            {
                SetLost(true);
            }
            catch (Exception ended) when (ended is OperationCanceledException or ProvisioningException)
            {
                return;
            }

            try
            {
                await Task.Delay(pause, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private void SetLost(bool lost)
    {
        if (IsLost != lost)
        {
            IsLost = lost;
            ReachChanged?.Invoke();
        }
    }
}
