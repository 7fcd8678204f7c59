namespace Orchestrator.Testing;

/// <summary>
/// Runs what was started under it on the thread pool, and knows whether any of that runs or is ready to run. So a test can wait for
/// the moment in which all of it waits for something else, however slow the machine is. Code that leaves the context
/// (<see cref="Task.Run(Action)"/>, <see cref="Task.ConfigureAwait(bool)"/>) is not seen.
/// </summary>
public sealed class TrackedContext : SynchronizationContext
{
    private int active;

    /// <summary>Waits until nothing runs and nothing is ready to.</summary>
    /// <exception cref="TimeoutException">It goes on for ten seconds of real time.</exception>
    public Task QuietAsync() => Settle.UntilAsync(() => Volatile.Read(ref active) == 0, "quiet");

    /// <summary>Starts an asynchronous operation; it runs on the caller's thread until it waits for the first time.</summary>
    public Task Start(Func<Task> operation)
    {
        var outer = Current;
        SetSynchronizationContext(this);
        try
        {
            return operation();
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        Interlocked.Increment(ref active);
        ThreadPool.UnsafeQueueUserWorkItem(
            step =>
            {
                SetSynchronizationContext(this);
                try
                {
                    step.d(step.state);
                }
                finally
                {
                    Interlocked.Decrement(ref active);
                }
            },
            (d, state),
            preferLocal: false);
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("nothing may wait for a thread");

    public override SynchronizationContext CreateCopy() => this;
}
