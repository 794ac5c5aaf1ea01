using Provisioning.Client;
using Provisioning.V1;

namespace EndToEnd.Harness;

/// <summary>Expectations that read as sentences.</summary>
public static class Expect
{
    /// <summary>The call is refused for a reason.</summary>
    public static async Task<ProvisioningException> RefusedAsync(ErrorReason reason, Func<Task> call)
    {
        var refusal = await Assert.ThrowsAsync<ProvisioningException>(call);
        Assert.True(refusal.Reason == reason, $"Refused for {refusal.Reason}, not {reason}: {refusal.Message}");
        return refusal;
    }

    /// <summary>Something becomes true within a time.</summary>
    public static async Task SoonAsync(TimeSpan patience, Func<Task<bool>> condition)
    {
        var pause = TimeSpan.FromMilliseconds(20);
        using var over = new CancellationTokenSource(patience);
        while (!await condition())
        {
            Assert.False(over.IsCancellationRequested, $"It did not become true within {patience}.");
            await Task.Delay(pause, CancellationToken.None);
        }
    }
}
