namespace Orchestrator.Storage.Etcd;

/// <summary>
/// Asks for the present revision once for all who want it at the same time. Who comes while a question is under way waits for the next
/// one: the answer to the first may be older than what he has just been told. Thread-safe.
/// </summary>
/// <param name="read">One question. Its failure is told to all who share it.</param>
internal sealed class SharedRevisionRead(Func<CancellationToken, Task<long>> read)
{
    private readonly Lock gate = new();
    private bool isReading;
    private TaskCompletionSource<long>? next;

    /// <summary>A revision the store had at some moment after this call.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the question.</param>
    public async ValueTask<long> GetAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TaskCompletionSource<long> mine;
        var starts = false;
        lock (gate)
        {
            mine = next ??= new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!isReading)
                (isReading, starts, next) = (true, true, null);
        }

        if (starts)
            _ = RunAsync(mine);
        return await mine.Task.WaitAsync(cancellationToken);
    }

    private async Task RunAsync(TaskCompletionSource<long>? asked)
    {
        while (asked is not null)
        {
            try
            {
                asked.SetResult(await read(CancellationToken.None));
            }
            catch (Exception e)
            {
                // Who has stopped waiting does not look at it any more.
                asked.SetException(e);
                _ = asked.Task.Exception;
            }

            lock (gate)
            {
                (asked, next) = (next, null);
                isReading = asked is not null;
            }
        }
    }
}
