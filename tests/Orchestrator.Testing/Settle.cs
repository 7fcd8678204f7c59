namespace Orchestrator.Testing;

/// <summary>Waits for asynchronous work that a test set off, without guessing how long it takes.</summary>
public static class Settle
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Lets continuations that are ready run, for about a millisecond, or until the condition holds.</summary>
    public static async Task OnceAsync(Func<bool>? condition = null)
    {
        for (var i = 0; i < 50 && condition?.Invoke() != true; i++)
            await Task.Yield();
        if (condition?.Invoke() != true)
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
    }

    /// <summary>Returns as soon as the condition holds.</summary>
    /// <exception cref="TimeoutException">It does not hold within ten seconds of real time.</exception>
    public static async Task UntilAsync(Func<bool> condition, string what = "the condition")
    {
        var startedAt = TimeProvider.System.GetTimestamp();
        for (var i = 0; !condition(); i++)
        {
            if (TimeProvider.System.GetElapsedTime(startedAt) > Limit)
                throw new TimeoutException($"{what} does not hold after {Limit.TotalSeconds:0} s");
            if (i < 1000)
                await Task.Yield();
            else
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }
}
