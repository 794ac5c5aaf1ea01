using Provisioning.Client;

namespace Settings.Shell;

/// <summary>Something that a page reads: not here yet, here, or in trouble. What was here stays until what is newer comes.</summary>
public sealed class Fetched<T>
    where T : class
{
    private int _turn;

    public T? Value { get; private set; }

    public Trouble? Trouble { get; private set; }

    public bool IsLoading { get; private set; }

    /// <summary>When what is here was read, in UTC.</summary>
    public DateTime ReadAt { get; private set; }

    /// <summary>Reads it. Of several readings at once, the one that began last counts.</summary>
    public async Task LoadAsync(Func<Task<T>> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        var turn = ++_turn;
        IsLoading = true;
        try
        {
            var value = await read();
            if (turn == _turn)
            {
                (Value, Trouble, ReadAt) = (value, null, DateTime.UtcNow);
            }
        }
        catch (ProvisioningException failure) when (failure.StatusCode == Grpc.Core.StatusCode.Cancelled)
        {
            // The page is gone, or asks for something else.
        }
        catch (ProvisioningException failure)
        {
            Trouble = turn == _turn ? Trouble.Of(failure) : Trouble;
        }
        finally
        {
            IsLoading = turn != _turn && IsLoading;
        }
    }

    /// <summary>Forgets what is here, such as when another is asked for.</summary>
    public void Clear() => (Value, Trouble, _turn) = (null, null, _turn + 1);
}
