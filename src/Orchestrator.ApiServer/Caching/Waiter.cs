namespace Orchestrator.ApiServer.Caching;

/// <summary>
/// One flow that waits for one event, which completes it. Cancellation and the limit complete it too, rather than a task around it:
/// so whoever waits goes on in its own context, and nothing in between needs the thread pool.
/// </summary>
internal sealed class Waiter() : TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public void Signal() => TrySetResult(true);

    /// <returns>False: the limit came first.</returns>
    /// <exception cref="OperationCanceledException"/>
    public async ValueTask<bool> WaitAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = limit == Timeout.InfiniteTimeSpan ? null : time.CreateTimer(static waiter => ((Waiter)waiter!).TrySetResult(false), this, limit, Timeout.InfiniteTimeSpan);
        using var cancelling = cancellationToken.UnsafeRegister(static (waiter, token) => ((Waiter)waiter!).TrySetCanceled(token), this);
        return await Task;
    }
}
