namespace Orchestrator.Controllers.Machinery;

/// <summary>
/// Runs equal calls in batches of 1, 2, 4 and so on, and stops after a batch with a failure: what fails once (a quota, an admission)
/// would fail a thousand times.
/// </summary>
internal static class SlowStart
{
    /// <returns>How many succeeded, and the first failure.</returns>
    public static async Task<(int Succeeded, Exception? Failure)> RunAsync(int count, Func<Task> call)
    {
        var succeeded = 0;
        for (var batch = 1; count > 0; batch *= 2)
        {
            var size = Math.Min(batch, count);
            var (done, failure) = await AllAsync(Enumerable.Range(0, size).Select(_ => call()));
            succeeded += done;
            if (failure is not null)
                return (succeeded, failure);
            count -= size;
        }

        return (succeeded, null);
    }

    /// <summary>Waits for all, also when some fail.</summary>
    public static async Task<(int Succeeded, Exception? Failure)> AllAsync(IEnumerable<Task> calls)
    {
        var running = calls.ToArray();
        try
        {
            await Task.WhenAll(running);
        }
        catch (Exception e)
        {
            return (running.Count(t => t.IsCompletedSuccessfully), e);
        }

        return (running.Length, null);
    }
}
